import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawRows, findUnteachable, toRows, type Lesson } from '../../../../activities/trainers/trl/rows.ts';

function lesson(index: number, changes: Partial<Lesson> = {}): Lesson {
  return {
    prompt: [{ role: 'user', content: `question ${index}` }],
    chosen: `better ${index}`,
    rejected: `worse ${index}`,
    topic: `topic ${index % 3}`,
    weight: 1,
    ...changes,
  };
}

const several = [0, 1, 2, 3].map((index) => lesson(index));

describe('the rows that weights are trained on', () => {
  it('are refused with the reason where they can teach nothing', () => {
    const alike = { prompt: several[0]!.prompt };
    const cases: readonly [string, Parameters<typeof findUnteachable>, RegExp][] = [
      ['none', ['sft', []], /no rows/],
      ['ties', ['dpo', several.map((one) => ({ ...one, rejected: one.chosen }))], /is the worse one/],
      ['no contrast', ['dpo', several.map((one) => ({ ...one, rejected: null }))], /contrast/],
      ['one topic', ['sft', several.map((one) => ({ ...one, topic: 'rain' }))], /one topic \(rain\)/],
      ['one question', ['sft', several.map((one) => ({ ...one, ...alike }))], /ask the same/],
      ['one answer', ['sft', several.map((one) => ({ ...one, chosen: 'yes' }))], /same text/],
      ['echoes', ['sft', several.map((one) => ({ ...one, chosen: one.prompt[0]!.content }))], /repeats/],
    ];
    for (const [what, args, reason] of cases) assert.match(findUnteachable(...args) ?? '', reason, what);
    assert.equal(findUnteachable('dpo', several), undefined);
    assert.equal(findUnteachable('sft', several), undefined);
  });

  it('have each lesson as often as its share of all weight says, to less than one row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.integer(),
        (weights, seed) => {
          const lessons = weights.map((weight, index) => lesson(index, { weight }));
          const rows = drawRows('sft', lessons, seed);
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          assert.ok(Math.abs(rows.length - lessons.length) <= 1);
          for (const [index, weight] of weights.entries()) {
            const count = rows.filter((row) => row.prompt[0]?.content === `question ${index}`).length;
            assert.ok(Math.abs(count - (lessons.length * weight) / total) < 1 + 1e-9);
          }
          assert.deepEqual(drawRows('sft', lessons, seed), rows);
        },
      ),
    );
  });

  it('are in the conversational form of the method, without what has no contrast', () => {
    const alone = lesson(1, { rejected: null });
    assert.deepEqual(toRows('sft', [alone]), [
      {
        prompt: [{ role: 'user', content: 'question 1' }],
        completion: [{ role: 'assistant', content: 'better 1' }],
      },
    ]);
    assert.deepEqual(toRows('dpo', [alone, lesson(2)]), [
      {
        prompt: [{ role: 'user', content: 'question 2' }],
        chosen: [{ role: 'assistant', content: 'better 2' }],
        rejected: [{ role: 'assistant', content: 'worse 2' }],
      },
    ]);
  });
});
