/** What of a run's outputs goes into its memo, where lists of runs show it. Pure. */
import { jsonBytes } from '../../definitions/model/value-size.ts';
import type { Value } from '../../definitions/model/types.ts';

const MOST_OUTPUTS = 20;
/** Characters of one text. */
const LONGEST_TEXT = 200;
/** Bytes of all of it as JSON: larger payloads are replaced by references, which lists cannot show. */
const MAX_BYTES = 5_000;

type Brief = string | number | boolean;

/** The outputs that are texts (cut where they are long), numbers or booleans; the first 20, or fewer where they are large. */
export function briefOutputs(outputs: { readonly [name: string]: Value }): {
  readonly [name: string]: Brief;
} {
  const brief = Object.entries(outputs).flatMap(([name, value]): [string, Brief][] => {
    if (typeof value === 'string' && value.length > LONGEST_TEXT)
      return [[name, `${value.slice(0, LONGEST_TEXT - 1)}…`]];
    const isBrief = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return isBrief ? [[name, value]] : [];
  });
  let bytes = 0;
  return Object.fromEntries(
    brief.slice(0, MOST_OUTPUTS).filter((entry) => (bytes += jsonBytes(entry)) <= MAX_BYTES),
  );
}
