/** A process that writes more than it may: prints how it went. Argument: the store's root. */
import { createStore } from '../../../activities/store/create-store.ts';
import { rowOf } from './rows.ts';

const root = process.argv[2] ?? '';
const store = await createStore({ root });
const shard = { table: 'pairs', run: 'run-1', shard: 'shard-1' } as const;
const noise = (): string => Array.from({ length: 200 }, () => Math.random().toString(36)).join('');

async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    () => 'refused',
  );
}

const journal = await store.openJournal<string>(shard);
const outcomes = [await outcome(journal.append('small', 'x'))];
const rows = Array.from({ length: 2000 }, (_, base) =>
  rowOf('pairs', { base_prompt_idx: base, pair_idx: 0, prompt: noise() }),
);
outcomes.push(await outcome(store.writeShard(shard, 'train', rows)));
outcomes.push(await outcome(journal.append('big', 'x'.repeat(2_000_000))));
process.stdout.write(JSON.stringify(outcomes));
