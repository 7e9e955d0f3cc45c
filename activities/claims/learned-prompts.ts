import type { Store } from '../store/store.ts';
import { readManifest } from '../store/model-registry.ts';

/** What a version was trained on: it cannot be judged by any of it. */
export interface LearnedPrompts {
  readonly topics: ReadonlySet<string>;
  readonly prompts: ReadonlySet<string>;
}

/**
 * Topics and base prompts that a version's training has seen, those of replayed rounds included; undefined where the tables do
 * not tell it any more.
 */
export async function readLearnedPrompts(store: Store, version: string): Promise<LearnedPrompts | undefined> {
  const { run } = await readManifest(store, 'prompt_optimization', version);
  const rows = await store.query(
    `select distinct topic, base_prompt from base_prompts
    where split in ('train', 'select')
      and (run = $run or run in (select source_run from training_pairs where run = $run))`,
    { run },
  );
  if (rows.length === 0) return undefined;
  return {
    topics: new Set(rows.map((row) => normalise(String(row['topic'])))),
    prompts: new Set(rows.map((row) => normalise(String(row['base_prompt'])))),
  };
}

/** Topics of these prompts that hold one that was learned from, by any of the versions. Pure. */
export function findLearnedTopics(
  tested: readonly { readonly topic: string; readonly basePrompt: string }[],
  learned: readonly LearnedPrompts[],
): ReadonlySet<string> {
  return new Set(
    tested
      .filter(({ topic, basePrompt }) =>
        learned.some(
          ({ topics, prompts }) => topics.has(normalise(topic)) || prompts.has(normalise(basePrompt)),
        ),
      )
      .map(({ topic }) => topic),
  );
}

function normalise(text: string): string {
  return text.trim().toLowerCase();
}
