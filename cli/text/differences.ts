/** Where two JSON values differ: pure. */
import { isFields } from '../../definitions/documents/fields.ts';

export interface Difference {
  /** Such as `settings.sft.lora_r`. */
  readonly path: string;
  /** As JSON; undefined where there is nothing. */
  readonly one: string | undefined;
  readonly other: string | undefined;
}

/** Every leaf that is not the same in both, in the order of the paths. Lists are leaves: a line for each item tells nobody anything. */
export function findDifferences(one: unknown, other: unknown): Difference[] {
  const [left, right] = [leavesOf(one), leavesOf(other)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].toSorted();
  return paths
    .map((path) => ({ path, one: left.get(path), other: right.get(path) }))
    .filter((found) => found.one !== found.other);
}

function leavesOf(value: unknown, path = ''): Map<string, string> {
  if (!isFields(value)) return new Map([[path, JSON.stringify(value) ?? 'null']]);
  return new Map(
    Object.entries(value).flatMap(([key, field]) => [
      ...leavesOf(field, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
