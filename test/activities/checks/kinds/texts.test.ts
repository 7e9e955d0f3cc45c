import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lastNumber } from '../../../../activities/checks/kinds/number.ts';
import { answersOf, runKind, said } from '../check-context.ts';

describe('checks of texts', () => {
  it('exact: the whole answer, but for white space around it and, if wanted, case', async () => {
    const answers = answersOf(['yes', ' yes\n', 'Yes', 'yes.', 'cafe\u0301'], { Expected: 'yes' });
    assert.deepEqual(await said(runKind('exact', {}, answers)), [1, 1, 0, 0, 0]);
    assert.deepEqual(await said(runKind('exact', { ignoreCase: true }, answers)), [1, 1, 1, 0, 0]);
    assert.deepEqual(await said(runKind('exact', { value: 'caf\u00e9' }, answers)), [0, 0, 0, 0, 1]);
    const [, , wrong] = await runKind('exact', {}, answers);
    assert.match(wrong?.reason ?? '', /'Yes'.*'yes'/);
  });

  it('contains: somewhere in the answer', async () => {
    const answers = answersOf(['I say yes!', 'no', 'YES']);
    assert.deepEqual(await said(runKind('contains', {}, answers)), [1, 0, 0]);
    assert.deepEqual(await said(runKind('contains', { ignoreCase: true }, answers)), [1, 0, 1]);
  });

  it('say that nothing is expected where the prompt has no such column', async () => {
    const answers = answersOf(['yes'], {});
    for (const kind of ['exact', 'contains', 'number'] as const)
      assert.deepEqual(await said(runKind(kind, { column: 'label' }, answers)), ['NO_EXPECTED'], kind);
    assert.deepEqual(await said(runKind('number', {}, answersOf(['7']))), ['NO_EXPECTED']);
  });

  it('regex: RE2, whose time does not explode', async () => {
    const answers = answersOf(['aaa', 'b', `${'a'.repeat(30_000)}!`]);
    assert.deepEqual(await said(runKind('regex', '(a+)+$', answers)), [1, 0, 0]);
  });

  it('jsonSchema: alone or in a code fence, not inside prose', async () => {
    const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
    const answers = answersOf(['{"n":1}', '```json\n{"n": 2}\n```', 'Here: {"n":1}', '{"n":"1"}', '[', '']);
    const results = await runKind('jsonSchema', schema, answers);
    assert.deepEqual(
      results.map(({ score }) => score),
      [1, 1, 0, 0, 0, 0],
    );
    assert.match(results[3]?.reason ?? '', /n must be integer/);
  });

  it('number: the last one in the answer, within the larger tolerance', async () => {
    const answers = answersOf(['It is 3.3', '3', 'first 3.3, then 4', 'none', '−1,203.3'], { expected: 3.2 });
    assert.deepEqual(await said(runKind('number', { tolerance: 0.1 }, answers)), [1, 0, 0, 0, 0]);
    assert.deepEqual(await said(runKind('number', { relative: 0.5 }, answers)), [1, 1, 1, 0, 0]);
    assert.deepEqual(await said(runKind('number', { value: '-1203.3' }, answers)), [0, 0, 0, 0, 1]);
  });

  it('lastNumber finds the number that a text ends with, however it is written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
        // Nobody writes -0.
        assert.equal(Number(lastNumber(`1 of 2: ${value}`)), value + 0);
      }),
    );
    for (const [text, written] of [
      ['about 1,234,567 people', '1234567'],
      ['in 2024, 17', '17'],
      ['12,34,567 rupees', '1234567'],
      ['1\u202F234\u202F567,', '1234567'],
      ['उत्तर ४२ है', '42'],
      ['الجواب ١٬٢٣٤٫٥', '1234.5'],
      ['答えは４２です', '42'],
    ] as const)
      assert.equal(lastNumber(text), written);
  });

  it('number: whole ones to their last digit, however long they are', async () => {
    const answers = answersOf(
      ['121932631112635269', '121932631112635268', '121,932,631,112,635,269', '1.21932631112635269e17'],
      { expected: '121932631112635269' },
    );
    assert.deepEqual(await said(runKind('number', {}, answers)), [1, 0, 1, 1]);
    assert.deepEqual(await said(runKind('number', { tolerance: 1 }, answers)), [1, 1, 1, 1]);
  });

  it('cel: over the facts of an answer; true, false or a score', async () => {
    const answers = answersOf(['yes', 'no'], { expected: 'yes', length: 3, context: 'c' });
    assert.deepEqual(await said(runKind('cel', 'output == expected', answers)), [1, 0]);
    assert.deepEqual(await said(runKind('cel', '${ size(output) <= 2 ? 0.5 : 0 }', answers)), [0, 0.5]);
    const all =
      'fields.length == 3 && context == "c" && prompt.startsWith("Question") && sent.contains("please")';
    assert.deepEqual(await said(runKind('cel', all, answers)), [1, 1]);
    assert.deepEqual(await said(runKind('cel', 'size(output)', answers)), ['BAD_SCORE', 'BAD_SCORE']);
    assert.deepEqual(await said(runKind('cel', 'fields.absent == 1', answers)), [
      'MISSING_FIELD',
      'MISSING_FIELD',
    ]);
  });

  it('sql: over all answers of a shard, and nothing else of the machine', async () => {
    const answers = answersOf(['yes', 'no', 'yes']);
    const shared = `select key, 1.0 / count(*) over (partition by output) as score, output as reason from answers`;
    assert.deepEqual(await said(runKind('sql', shared, answers)), [0.5, 1, 0.5]);
    const some =
      "select key, output = expected as passed from answers where output = 'yes' union all select '0:-1:0', true";
    assert.deepEqual(await said(runKind('sql', some, answers)), ['BAD_SCORE', 'NO_RESULT', 1]);
    for (const query of [
      "from read_text('/etc/passwd')",
      "copy answers to '/tmp/out.csv'",
      'select 1',
      'nonsense',
    ])
      await assert.rejects(runKind('sql', query, answers), { code: 'CHECK_FAILED' }, query);
  });
});
