import type { Activity } from '../activity.ts';
import { shardSchema } from '../schemas.ts';
import type { ShardReference, TableName } from '../store/tables.ts';
import { tables } from '../store/tables.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface ListShardsInput {
  readonly table: TableName;
  /** Default: this run. */
  readonly run?: string;
  /** Only those of this split. Default: all. */
  readonly split?: string;
}

export interface ListShardsOutput {
  readonly shards: readonly ShardReference[];
  readonly count: number;
  readonly rowCount: number;
}

/** The committed shards of a table, by name: what a `forEach` over a data set goes through. */
export const listShards: Activity<ListShardsInput, ListShardsOutput> = {
  name: 'listShards',
  description: 'Lists the shards of a table of this run or of another one, for a `forEach` over a data set.',
  taskQueue: 'prose',
  cacheable: 'it reads whatever is in the tables of a run',
  input: objectSchema(
    {
      table: { type: 'string', enum: Object.keys(tables) },
      run: { type: 'string', minLength: 1, description: 'Id of the run; this one unless given.' },
      split: { type: 'string', description: 'Only the shards of this split, such as `test`.' },
    },
    ['run', 'split'],
  ),
  output: objectSchema({
    shards: { type: 'array', items: shardSchema },
    count: { type: 'integer' },
    rowCount: { type: 'integer' },
  }),
  async run({ table, run, split }, { store, run: { runId } }) {
    const all = await store.listShards(table, run ?? runId);
    const shards = split === undefined ? all : all.filter((shard) => shard.split === split);
    return {
      shards,
      count: shards.length,
      rowCount: shards.reduce((sum, { rowCount }) => sum + rowCount, 0),
    };
  },
};
