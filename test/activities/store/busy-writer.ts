/** A process that writes shards and journal entries without end, until it is killed. Argument: the store's root. */
import { createStore } from '../../../activities/store/create-store.ts';
import { rowOf } from './rows.ts';

const root = process.argv[2] ?? '';
const store = await createStore({ root });
const shard = { table: 'pairs', run: 'run-1', shard: 'shard-1' } as const;
const journal = await store.openJournal<string>(shard);

async function writeShards(): Promise<never> {
  for (let version = 0; ; version += 1) {
    const rows = Array.from({ length: 500 }, (_, base) =>
      rowOf('pairs', { base_prompt_idx: base, pair_idx: version, prompt: `${version} `.repeat(50) }),
    );
    await store.writeShard(shard, 'train', rows);
    process.stdout.write(`shard ${version}\n`);
  }
}

async function appendEntries(): Promise<never> {
  for (let entry = 0; ; entry += 1) {
    await journal.append(String(entry), 'x'.repeat(20_000));
    process.stdout.write(`entry ${entry}\n`);
  }
}

await Promise.all([writeShards(), appendEntries()]);
