/** Why a task did its work again: what differs between its key and that of an earlier success. Pure. */
import { CONFIG_FILES } from '../../../configs/settings/config-names.ts';
import type { Value } from '../../../definitions/model/types.ts';
import type { CodeDigests } from './code-digests.ts';
import type { TaskKey } from './task-key.ts';

/** A key with the objects in it that it has by their digests. */
export interface OpenedKey extends Omit<TaskKey, 'code' | 'settings'> {
  readonly code: CodeDigests;
  readonly settings: Value;
}

export type DifferenceKind = 'activity' | 'code' | 'input' | 'data' | 'file' | 'config' | 'text' | 'seed';

/** One thing that an output follows from and that is not the same. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** Where: a file, a key of a config, or a field of `with`. */
  readonly name: string;
  /** Null = it was not there. Absent where the value is a digest or a long text. */
  readonly before?: Value;
  readonly now?: Value;
}

/** Longest value that is shown. */
const MAX_SHOWN_CHARS = 60;

/** Everything in which two keys differ, in the order code, config, texts, input, data, files, seed. */
export function differences(before: OpenedKey, now: OpenedKey): readonly Difference[] {
  return [
    ...compare({ activity: before.activity }, { activity: now.activity }, () => ({
      kind: 'activity',
      name: 'activity',
    })),
    ...compare(before.code, now.code, ([file = '']) => ({ kind: 'code', name: file })),
    ...compare(before.settings, now.settings, nameSetting),
    ...compare(before.input, now.input, nameInput),
    ...compare(before.files, now.files, ([path = '']) => ({ kind: 'file', name: path })),
    ...compare({ seed: before.seed }, { seed: now.seed }, () => ({ kind: 'seed', name: 'seed' })),
  ];
}

/** What tells which of several earlier successes is the nearest: the one with the fewest differences, then the last. */
export function nearest<
  Candidate extends { readonly differences: readonly Difference[]; readonly at: string },
>(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted(
    (left, right) =>
      left.differences.length - right.differences.length ||
      (left.at < right.at ? 1 : left.at > right.at ? -1 : 0),
  )[0];
}

type Name = Pick<Difference, 'kind' | 'name'>;

function nameSetting([part = '', ...path]: readonly string[]): Name {
  if (part === 'texts') return { kind: 'text', name: `model_input/${path.join('.')}.txt` };
  const file = Object.entries(CONFIG_FILES).find(([key]) => key === part)?.[1] ?? part;
  return { kind: 'config', name: `configs/${file}.yaml: ${path.join('.')}` };
}

function nameInput(path: readonly string[]): Name {
  const isData = path.at(-1) === 'sha256';
  return {
    kind: isData ? 'data' : 'input',
    name: ['with', ...(isData ? path.slice(0, -1) : path)].join('.'),
  };
}

/** The leaves in which two values differ; what only one has counts once, however large. */
function compare(
  before: Value,
  now: Value,
  nameOf: (path: readonly string[]) => Name,
): readonly Difference[] {
  const found: Difference[] = [];
  const visit = (left: Value | undefined, right: Value | undefined, path: readonly string[]): void => {
    if (isContainer(left) && isContainer(right) && Array.isArray(left) === Array.isArray(right)) {
      const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
      for (const key of keys) visit(fieldOf(left, key), fieldOf(right, key), [...path, key]);
    } else if (left !== right) {
      const name = nameOf(path);
      const shown =
        name.kind !== 'code' && name.kind !== 'data' && name.kind !== 'file' && name.kind !== 'text';
      const isShort = [left, right].every((side) => (JSON.stringify(side) ?? '').length <= MAX_SHOWN_CHARS);
      found.push(shown && isShort ? { ...name, before: left ?? null, now: right ?? null } : name);
    }
  };
  visit(before, now, []);
  return found;
}

function isContainer(
  value: Value | undefined,
): value is readonly Value[] | { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null;
}

function fieldOf(
  owner: readonly Value[] | { readonly [key: string]: Value },
  key: string,
): Value | undefined {
  return Object.hasOwn(owner, key) ? (owner as { readonly [key: string]: Value })[key] : undefined;
}
