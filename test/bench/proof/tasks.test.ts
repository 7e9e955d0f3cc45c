import assert from 'node:assert/strict';
import { prepareCheck } from '../../../activities/checks/run-check.ts';
import { drawRows, families, templates, type TaskFamily, type TaskRow } from '../../../bench/proof/tasks.ts';
import { withContext } from '../../activities/general/general-context.ts';

/** What both checks of a family give answers to a request with these columns. */
async function score(
  { checks }: TaskFamily,
  columns: Omit<TaskRow, 'prompt' | 'topic'>,
  outputs: readonly string[],
): Promise<(number | null)[][]> {
  const scores: (number | null)[][] = [];
  await withContext(async (context) => {
    for (const check of checks) {
      const answers = outputs.map((output, index) => {
        const key = String(index);
        return { key, prompt: 'p', sent: 'p', output, fields: columns };
      });
      const results = await prepareCheck(check).run(answers, context);
      scores.push(results.map((one) => one.score));
    }
  });
  return scores;
}

const family = (name: string): TaskFamily => families.find((one) => one.name === name)!;

describe('the tasks of the proof', () => {
  it('tell a label that stands alone from one beside others', async () => {
    const asked = { expected: 'negative', labels: 'positive negative' };
    const outputs = ['Negative.', 'It is positive, but also negative.', 'positive', 'none'];
    assert.deepEqual(await score(family('sentiment'), asked, outputs), [
      [1, 0.5, 0, 0],
      [1, 0, 0, 0],
    ]);
  });

  it('give a part for every part of the JSON that is right, whatever it is wrapped in', async () => {
    const outputs = [
      '```json\n{"name": "Ann", "age": 30, "city": "Rome"}\n```',
      '{"name": "Anna", "age": "30"}',
      'Ann is 30.',
      '{"name": "Ann", "age": 30} That is the JSON.',
    ];
    const [heard, referee] = await score(family('extraction'), { expected: 'Ann', age: '30' }, outputs);
    assert.deepEqual(
      heard!.map((value) => Math.round(3 * (value ?? Number.NaN))),
      [3, 2, 0, 0],
    );
    assert.deepEqual(referee, [1, 0, 0, 0]);
  });

  it('count the lines of a list', async () => {
    const outputs = ['1. a\n2. b\n3. c', '1. a\n2. b', '1. a\n2. b\n3. c\n\nThat is it.', 'a, b, c'];
    assert.deepEqual(await score(family('numbered list'), { expected: 'three', count: '3' }, outputs), [
      [1, 0.5, 0.3, 0],
      [1, 0, 0, 0],
    ]);
  });

  it('have templates that hold no answer to any of them', () => {
    const answers = families
      .flatMap((one) => drawRows(one, 1, 36))
      .map(({ expected }) => expected.toLowerCase());
    const words = new Set(templates.flatMap(({ template }) => template.toLowerCase().split(/[^a-z]+/)));
    assert.deepEqual(
      [...new Set(answers)].filter((answer) => words.has(answer)),
      [],
    );
  });
});
