/**
 * What expressions do with lists, by the names of CEL's extension for lists
 * (https://pkg.go.dev/github.com/google/cel-go/ext#Lists), and `zip` and `cross`. Pure; runs inside the workflow sandbox.
 */
import { isList, type Cel } from './cel-value.ts';
import type { Meter } from './meter.ts';
import { compare, equal, NoValue } from './operators.ts';

type List = readonly Cel[];

/** Lists inside a list are opened, `depth` levels of them. */
export function flatten(list: List, depth: number, meter: Meter): List {
  if (depth < 0) throw new NoValue('EXPRESSION_FAILED', `flatten() takes a depth from 0, not ${depth}`);
  const flat: Cel[] = [];
  const open = (items: List, left: number): void => {
    meter.elements(items.length);
    for (const item of items) {
      if (left > 0 && isList(item)) open(item, left - 1);
      else flat.push(item);
    }
  };
  open(list, depth);
  return flat;
}

/** The first of elements that are equal, in their order. */
export function distinct(list: List, meter: Meter): List {
  meter.elements(list.length);
  const keys = new Set<string>();
  const kept: Cel[] = [];
  const keptOthers: Cel[] = [];
  for (const item of list) {
    if (typeof item === 'string') meter.read(item.length);
    const key = keyOf(item);
    if (key === undefined ? keptOthers.some((other) => equal(item, other, meter)) : keys.has(key)) continue;
    if (key === undefined) keptOthers.push(item);
    else keys.add(key);
    kept.push(item);
  }
  return kept;
}

/** The same for two values if, and only if, they are equal; undefined for lists, maps and numbers that equal nothing. */
function keyOf(value: Cel): string | undefined {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'boolean' || value === null) return `${value}`;
  if (typeof value === 'bigint') return `n${value}`;
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  return `n${Number.isInteger(value) ? BigInt(value) : value}`;
}

/** In ascending order. Throws `NoValue` where two elements cannot be compared. */
export function sort(list: List, meter: Meter): List {
  meter.elements(list.length);
  const isLess = (left: Cel, right: Cel): boolean => {
    meter.step();
    return compare('<', left, right, meter);
  };
  // A list of one is not compared with anything.
  return list.toSorted((left, right) => (isLess(left, right) ? -1 : isLess(right, left) ? 1 : 0));
}

export function reverse(list: List, meter: Meter): List {
  meter.elements(list.length);
  return list.toReversed();
}

/** Those from the position `from` on, that of `to` not among them. Throws `NoValue` where the list is shorter. */
export function slice(list: List, from: number, to: number, meter: Meter): List {
  if (from < 0 || to < from || to > list.length)
    throw new NoValue('EXPRESSION_FAILED', `slice(${from}, ${to}) of a list of ${list.length}`);
  meter.elements(to - from);
  return list.slice(from, to);
}

/** The first elements as a list, the second ones, and so on. Throws `NoValue` where the lists are not equally long. */
export function zip(lists: readonly List[], meter: Meter): List {
  const [first = [], ...others] = lists;
  const other = others.find(({ length }) => length !== first.length);
  if (other !== undefined)
    throw new NoValue('EXPRESSION_FAILED', `zip() of lists of ${first.length} and ${other.length}`);
  meter.elements(first.length * (lists.length + 1));
  return first.map((_, index) => lists.map((list) => list[index] ?? null));
}

/** Every combination of an element of each list; those of the last change fastest. */
export function cross(lists: readonly List[], meter: Meter): List {
  const count = lists.reduce((product, { length }) => product * length, 1);
  meter.elements(count * (lists.length + 1));
  return lists.reduce<readonly List[]>(
    (rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  );
}
