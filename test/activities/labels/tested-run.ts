/** A run whose test is over, in a store of its own: 24 prompts of 8 topics, three validators, the third of them flattered. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActivityContext } from '../../../activities/activity.ts';
import { askPeople, type AskPeopleInput } from '../../../activities/labels/ask-people.ts';
import { createRandom } from '../../../activities/randomness/random.ts';
import { createStore } from '../../../activities/store/create-store.ts';
import type { Store } from '../../../activities/store/store.ts';
import { tables, type Row, type TableName } from '../../../activities/store/tables.ts';
import { trainers } from '../../../activities/trainers/index.ts';
import { loadSettings } from '../../../configs/load.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';

export const PROMPTS = 24;
const TOPICS = 8;

/** What an answer is truly worth by every criterion: the optimized ones 0.25 points less. */
export function truth(basePromptIdx: number, arm: string): number {
  return 2.5 + (basePromptIdx % 5) / 4 - (arm === 'ranker' ? 0.25 : 0);
}

export async function withTestedRun(
  work: (store: Store, context: ActivityContext, root: string) => Promise<void>,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'prose-labels-'));
  const store = await createStore({ root });
  const loaded = await loadSettings(packageRoot, {}, trainers);
  assert.ok(loaded.ok);
  const settings = loaded.value;
  const run = { runId: 'run', seed: 5 };
  const context = { store, run, settings, task: 'ask' } as unknown as ActivityContext;
  try {
    await fill(store);
    await work(store, context, root);
  } finally {
    await store.close();
    await rm(root, { recursive: true });
  }
}

export function ask(context: ActivityContext, input: AskPeopleInput): ReturnType<typeof askPeople.run> {
  return askPeople.run(input, context);
}

async function fill(store: Store): Promise<void> {
  const random = createRandom(11);
  const prompts = Array.from({ length: PROMPTS }, (_, index) => index);
  const arms = [
    ['baseline', -1],
    ['ranker', 1],
  ] as const;
  const cells = prompts.flatMap((prompt) => arms.map(([arm, index]) => ({ prompt, arm, index })));
  const key = ({ prompt, index }: (typeof cells)[number]): Row => ({
    base_prompt_idx: prompt,
    prompt_variation_idx: index,
  });
  const write = (table: TableName, rows: readonly Row[]): Promise<unknown> => {
    const empty = Object.fromEntries(Object.keys(tables[table].columns).map((column) => [column, null]));
    const whole = rows.map((row) => ({ ...empty, ...row }));
    return store.writeShard({ table, run: 'run', shard: table }, 'test', whole);
  };
  await write(
    'base_prompts',
    prompts.map((prompt) => ({
      base_prompt_idx: prompt,
      base_prompt: `</script><b>Prompt ${prompt}</b>`,
      topic: `topic ${prompt % TOPICS}`,
      split: 'test',
    })),
  );
  await write(
    'test_prompts',
    cells.map((cell) => ({ ...key(cell), arm: cell.arm, prompt_variation: `Prompt ${cell.prompt}` })),
  );
  await write(
    'test_outputs',
    cells.map((cell) => ({
      ...key(cell),
      sample_idx: 0,
      model_output: `=answer ${cell.prompt}.${cell.index}`,
    })),
  );
  const scores = cells.flatMap((cell) =>
    [1, 2, 3].map((validator) => {
      const flattery = validator === 3 && cell.arm === 'ranker' ? 0.75 : 0;
      const score = (): number => truth(cell.prompt, cell.arm) + flattery + (random() - 0.5) / 5;
      const sheet = Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`criteria_${number}`, score()]));
      return { ...key(cell), sample_idx: 0, validator, ...sheet };
    }),
  );
  await write('test_scores', scores);
}
