/** What people say to tasks that wait for them: a part of the model. */
import type { Value, Wait } from '../../definitions/model/types.ts';

/** How an activity that was in flight, or a wait for people, has ended. */
export type ActivityEnd = { readonly value: Value } | { readonly error: string };

/** What people have said to a task that waits for them, so far. */
export interface Said {
  readonly answer?: boolean;
  /** By labeler: of how many pairs, and whether that is all. */
  readonly labels: ReadonlyMap<string, { readonly labels: number; readonly done: boolean }>;
  readonly isLate: boolean;
}

export const NOTHING_SAID: Said = { labels: new Map(), isLate: false };

/** Undefined as long as it is waited for. */
export function whatPeopleSaid(wait: Wait, { answer, labels, isLate }: Said): ActivityEnd | undefined {
  if ('approval' in wait) {
    const approved = answer ?? (isLate ? wait.approval.default === 'approve' : undefined);
    return approved === undefined ? undefined : { value: { approved } };
  }
  if (!('labels' in wait)) return undefined;
  const { default: preset } = wait.labels;
  const labelers = Number(wait.labels.labelers ?? 1);
  const some = [...labels.values()].filter((one) => one.labels > 0);
  const complete = some.filter(({ done }) => done).length >= labelers;
  const value = { complete, labelers: some.length, labels: some.reduce((sum, one) => sum + one.labels, 0) };
  if (complete || (isLate && preset === 'continue')) return { value };
  return isLate ? { error: 'LABELS_MISSING' } : undefined;
}
