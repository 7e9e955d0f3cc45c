import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepLabels, readAsked } from '../../../activities/labels/keep-labels.ts';
import { readLabels, type ReadLabels } from '../../../activities/labels/read-labels.ts';
import { compareArms } from '../../../activities/stages/8-test/metrics/arm-metrics.ts';
import { measurePeople } from '../../../activities/stages/8-test/metrics/measure-people.ts';
import { SCORES_OF_ANSWER, toTestAnswer } from '../../../activities/stages/8-test/metrics/test-answers.ts';
import type { Store } from '../../../activities/store/store.ts';
import { ask, PROMPTS, truth, withTestedRun } from './tested-run.ts';

const names = ['Relevance', 'Accuracy', 'Depth', 'Clarity', 'Usefulness'];
const asked = { form: 'criteria' as const, criteria: ['Tone', 'Depth'], pairs: new Set(['p1', 'p2']) };

/** What a person who knows the truth would save; half a point is more than they see. */
async function simulatePerson(store: Store, labeler: string): Promise<string> {
  const pairs = await store.query('from people_pairs order by pair');
  const rows = pairs.map((row) => {
    const arms = row['is_arm_first'] === true ? ['ranker', 'baseline'] : ['baseline', 'ranker'];
    const scores = arms.map((arm) => truth(Number(row['base_prompt_idx']), arm));
    const cells = names.flatMap((name) => [
      [`${name} (A)`, scores[0]],
      [`${name} (B)`, scores[1]],
    ]);
    return { pair: row['pair'], labeler, ...Object.fromEntries(cells) };
  });
  return JSON.stringify(rows);
}

describe('askPeople', () => {
  it('shows both answers without saying whose they are, in random order, and keeps what each was drawn with', () =>
    withTestedRun(async (store, context, root) => {
      const { pairs, page, sheet } = await ask(context, { pairs: 10 });
      assert.equal(pairs, 10);
      const rows = await store.query('from people_pairs');
      assert.equal(rows.length, 10);
      assert.deepEqual(new Set(rows.map((row) => row['is_arm_first'])), new Set([true, false]));
      const html = await readFile(join(root, page), 'utf8');
      const data = /id="data">(.*)<\/script>/u.exec(html)?.[1] ?? '';
      const shown = (JSON.parse(data) as { pairs: object[] }).pairs;
      for (const pair of shown) assert.deepEqual(Object.keys(pair), ['pair', 'prompt', 'a', 'b']);
      assert.doesNotMatch(data, /ranker|baseline/u);
      assert.equal(html.split('</script').length, 3, 'no text ends the element that it is in');
      const csv = await readFile(join(root, sheet), 'utf8');
      assert.equal(csv.split('\r\n').length, 12);
      assert.ok(csv.includes(`,'=answer `), 'no cell begins a formula');
    }));

  it('draws the same again, so that an attempt after a crash changes nothing', () =>
    withTestedRun(async (store, context, root) => {
      const { page } = await ask(context, { pairs: 10 });
      const first = [await readFile(join(root, page), 'utf8'), await store.query('from people_pairs')];
      await ask(context, { pairs: 10 });
      assert.deepEqual(
        [await readFile(join(root, page), 'utf8'), await store.query('from people_pairs')],
        first,
      );
    }));

  it('refuses an arm without answers', () =>
    withTestedRun(async (_, context) => {
      await assert.rejects(ask(context, { pairs: 3, arm: 'nobody' }), { code: 'NOTHING_TO_LABEL' });
    }));
});

describe('readLabels', () => {
  const read = (content: string, name = 'labels.csv'): Promise<ReadLabels> =>
    new Promise((resolve, reject) => {
      void withTestedRun(async (_store, _context, root) => {
        await writeFile(join(root, name), content);
        await readLabels(join(root, name), name, asked, undefined).then(resolve, reject);
      });
    });
  const head = 'pair,labeler,tone (a),Tone (B),Depth (A),Depth (B)';

  it('reads what a sheet holds, and leaves out pairs that nobody has labelled', async () => {
    const { labels, problems } = await read(`${head}\np1,ada,1,5,2.5,3\np2,ada,,,,\n`);
    assert.deepEqual(problems, []);
    const scores = [
      { criterion: 1, a: 1, b: 5 },
      { criterion: 2, a: 2.5, b: 3 },
    ];
    assert.deepEqual(labels, [{ pair: 'p1', labeler: 'ada', preferred: null, scores }]);
  });

  it('names every line that is wrong, with its code', async () => {
    const lines = ['p1,ada,6,1,1,1', 'p9,ada,1,1,1,1', 'p2,,1,1,1,1', 'p1,ben,1,,1,1', 'p2,ada,one,1,1,1'];
    const { problems } = await read([head, ...lines, 'p2,cy,1,1,1,1', 'p2,cy,1,1,1,2', ''].join('\n'));
    assert.deepEqual(
      problems.map(({ code, line }) => [code, line]),
      [
        ['WRONG_SCORE', 2],
        ['UNKNOWN_PAIR', 3],
        ['NO_LABELER', 4],
        ['HALF_A_SCORE', 5],
        ['WRONG_SCORE', 6],
        ['CONTRADICTION', 8],
      ],
    );
  });

  for (const [what, content, code] of [
    ['has no column of its own', 'pair,labeler,Tone (A)\np1,ada,1\n', 'MISSING_COLUMN'],
    ['has nothing labelled in it', `${head}\np1,ada,,,,\n`, 'NO_LABELS'],
  ] as const)
    it(`refuses a file that ${what}`, async () => {
      assert.deepEqual(
        (await read(content)).problems.map((problem) => problem.code),
        [code],
      );
    });

  it('refuses a row that cannot be read by its line', async () => {
    await assert.rejects(read(`${head}\np1,ada\n`), { code: 'WRONG_FIELD_COUNT', line: 2 });
  });
});

describe('labels of people', () => {
  async function label(store: Store, root: string, labeler: string): Promise<void> {
    const about = await readAsked(store, 'run');
    assert.ok(about);
    const file = join(root, 'labels.json');
    await writeFile(file, await simulatePerson(store, labeler));
    const { labels, problems } = await readLabels(file, 'labels.json', about, undefined);
    assert.deepEqual(problems, []);
    const [kept] = await keepLabels(store, 'run', about, labels);
    assert.equal(kept?.whole, about.pairs.size);
  }

  it('taken in twice are the same labels, and of one person those said last', () =>
    withTestedRun(async (store, context) => {
      await ask(context, { pairs: 4 });
      const about = await readAsked(store, 'run');
      assert.ok(about);
      const [pair = ''] = about.pairs;
      const said = (a: number) => [
        { pair, labeler: 'ada', preferred: null, scores: [{ criterion: 1, a, b: 2 }] },
      ];
      const fates = async (a: number): Promise<number[]> => {
        const [kept] = await keepLabels(store, 'run', about, said(a));
        return [kept?.added ?? 0, kept?.changed ?? 0, kept?.same ?? 0];
      };
      assert.deepEqual(await fates(1), [1, 0, 0]);
      assert.deepEqual(await fates(1), [0, 0, 1]);
      assert.deepEqual(await fates(3), [0, 1, 0]);
      assert.deepEqual(await store.query('select a from people_labels'), [{ a: 3 }]);
    }));

  it('correct the gain of a flattered judge, and tell that judge from one who agrees', () =>
    withTestedRun(async (store, context, root) => {
      await ask(context, { pairs: 16 });
      await label(store, root, 'simulated ada');
      await label(store, root, 'simulated ben');
      const rows = await store.query(
        `select base_prompt_idx, topic, arm, model_output, ${SCORES_OF_ANSWER} from test_answers
        group by base_prompt_idx, topic, arm, model_output, sample_idx order by base_prompt_idx, arm`,
      );
      const answers = rows.map((row) => toTestAnswer(row, [1, 2, 3]));
      const options = { arms: ['ranker'], criterionNames: names, judges: [3], referees: [3] };
      const people = await measurePeople(compareArms(answers, options), context);
      assert.ok(
        people?.judged?.low != null && people.corrected?.high != null && people.corrected.low !== null,
      );
      assert.ok(people.judged.low > 0.25, 'the judge alone sees a gain');
      assert.ok(people.corrected.high < 0, 'people see the loss');
      assert.ok(people.corrected.low <= -0.25 && people.corrected.high >= -0.25);
      assert.deepEqual(
        [people.form, people.asked, people.labelled, people.people, people.simulated],
        ['criteria', 16, 16, 2, true],
      );
      const alphaOf = (validator: number): number =>
        Math.min(
          ...people.agreement.filter((one) => one.validator === validator).map(({ alpha }) => alpha ?? 0),
        );
      assert.ok(alphaOf(1) > 0.9 && alphaOf(3) < 0.7, `${alphaOf(1)} and ${alphaOf(3)}`);
      assert.deepEqual(
        people.amongPeople.map(({ alpha }) => alpha),
        names.map(() => 1),
      );
      assert.equal(PROMPTS, 24);
    }));

  it('that only say which is better correct the share of prompts whose optimized answer is', () =>
    withTestedRun(async (store, context, root) => {
      await ask(context, { pairs: 24, form: 'pairwise' });
      const about = await readAsked(store, 'run');
      assert.ok(about);
      const pairs = await store.query('from people_pairs order by pair');
      const lines = pairs.map(
        (row) => `${String(row['pair'])},ada,${row['is_arm_first'] === true ? 'B' : 'a'}`,
      );
      await writeFile(join(root, 'l.csv'), ['pair,labeler,preferred', ...lines].join('\n'));
      const { labels } = await readLabels(join(root, 'l.csv'), 'l.csv', about, undefined);
      await keepLabels(store, 'run', about, labels);
      const rows = await store.query(
        `select base_prompt_idx, topic, arm, model_output, ${SCORES_OF_ANSWER} from test_answers
        group by base_prompt_idx, topic, arm, model_output, sample_idx order by base_prompt_idx, arm`,
      );
      const options = { arms: ['ranker'], criterionNames: names, judges: [3], referees: [3] };
      const answers = rows.map((row) => toTestAnswer(row, [1, 2, 3]));
      const people = await measurePeople(compareArms(answers, options), context);
      assert.equal(people?.judged?.mean, 1);
      assert.deepEqual(
        people.agreement.map((own) => own.answers),
        [24, 24, 24],
      );
      // The first two say of every pair what people say: without a difference there is no chance to compare with.
      assert.deepEqual(
        people.agreement.map(({ alpha }) => alpha === null || alpha > 0),
        [true, true, false],
      );
      assert.equal(people.corrected?.mean, 0);
    }));
});
