/** Imports that break the rules, and imports in a circle. */
import { rooms } from './import-rules.ts';
import type { Room } from './room.ts';
import type { Import } from './read-imports.ts';

export interface Forbidden extends Import {
  /** Why, for whoever reads the failed test. */
  readonly rule: string;
}

/** The imports that no rule allows. Tests and benchmarks may import everything, and are imported by nothing else. */
export function findForbidden(imports: readonly Import[]): Forbidden[] {
  return imports.flatMap((one) => {
    if (isFreeOfRules(one.from)) return [];
    const room = roomOf(one.from);
    if (room === undefined) return { ...one, rule: 'the file is in no room of import-rules.ts' };
    const allowed = one.typeOnly ? [...room.values, ...(room.types ?? [])] : room.values;
    if (one.to.startsWith(room.own) || allowed.some((entry) => covers(entry, one.to))) return [];
    return { ...one, rule: `the room ${room.path} of import-rules.ts does not list it` };
  });
}

/** Files that import one another in a circle, types included: each circle's files, sorted. */
export function findCircles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(targets.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(targets.get(next) ?? []));
    }
    return seen;
  };
  const reached = new Map([...targets.keys()].map((file) => [file, reach(file)]));
  const circles = [...reached]
    .filter(([file, files]) => files.has(file))
    .map(([file, files]) =>
      [...files]
        .filter((other) => reached.get(other)?.has(file))
        .toSorted()
        .join('\n'),
    );
  return [...new Set(circles)].map((circle) => circle.split('\n'));
}

function isFreeOfRules(file: string): boolean {
  return /^(test|bench)\//.test(file);
}

/** The room of a file, and the beginning of the paths that are in the same room. */
function roomOf(file: string): (Room & { readonly own: string }) | undefined {
  return rooms
    .flatMap((room) => {
      const own = new RegExp(`^${room.path.replace('*', '[^/]+')}`).exec(file)?.[0];
      return own === undefined ? [] : [{ ...room, own }];
    })
    .toSorted(
      (one, other) => other.own.length - one.own.length || one.path.indexOf('*') - other.path.indexOf('*'),
    )[0];
}

function covers(entry: string, target: string): boolean {
  if (/[/:]$/.test(entry)) return target.startsWith(entry);
  return target === entry || target.startsWith(`${entry}/`);
}
