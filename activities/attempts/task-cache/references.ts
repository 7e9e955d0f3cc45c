/** What a task's input or output refers to: shards, and files of a run by their paths. */
import { runDirectory, isTableName, shardFile } from '../../store/paths.ts';
import type { ShardReference } from '../../store/tables.ts';
import type { Value } from '../../../definitions/model/types.ts';

/** Whether a value is a reference to a shard; the tables' names keep others from looking like one. */
export function isShardReference(value: unknown): value is ShardReference {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { table, run, shard, rowCount, split } = value as { readonly [key: string]: unknown };
  return (
    typeof table === 'string' &&
    isTableName(table) &&
    typeof run === 'string' &&
    typeof shard === 'string' &&
    typeof rowCount === 'number' &&
    typeof split === 'string'
  );
}

/** The value with each shard reference in it, at any depth, and each text replaced. */
export function mapReferences(
  value: Value,
  shardBy: (shard: ShardReference) => Value,
  textBy: (text: string) => string,
): Value {
  if (typeof value === 'string') return textBy(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isShardReference(value)) return shardBy(value);
  const inner = (part: Value): Value => mapReferences(part, shardBy, textBy);
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inner(part)]));
}

/** Every shard that a value refers to. */
export function shardsIn(value: Value): readonly ShardReference[] {
  const found: ShardReference[] = [];
  const note = (shard: ShardReference): Value => {
    found.push(shard);
    return null;
  };
  mapReferences(value, note, (text) => text);
  return found;
}

/** Paths, relative to the root, of the files that an output of a run stands for: its shards, and what it names below `data/`. */
export function filesIn(output: Value, run: string): readonly string[] {
  const found = new Set<string>();
  mapReferences(
    output,
    (shard) => {
      found.add(shardFile(shard));
      return null;
    },
    (text) => {
      if (isFileOfRun(text, run)) found.add(text);
      return text;
    },
  );
  return [...found];
}

/** The same output as another run would have given it. */
export function moveOutput(output: Value, from: string, to: string): Value {
  return mapReferences(
    output,
    (shard) => (shard.run === from ? { ...shard, run: to } : { ...shard }),
    (text) => movePath(text, from, to),
  );
}

/** The path of the other run's own file; a path that is not of the run `from` as it is. */
export function movePath(path: string, from: string, to: string): string {
  return isFileOfRun(path, from) ? path.replace(segmentOf(from), segmentOf(to)) : path;
}

function isFileOfRun(text: string, run: string): boolean {
  return text.startsWith('data/') && text.includes(segmentOf(run));
}

function segmentOf(run: string): string {
  return `/${runDirectory(run)}/`;
}
