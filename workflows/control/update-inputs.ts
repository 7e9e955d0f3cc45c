/** Anybody may send anything to a run: what is no input of an update, as a refusal `WRONG_INPUT`. Pure. */
import { APPROVE_UPDATE, LABELS_UPDATE, type ApproveUpdate, type LabelsUpdate } from '../messages.ts';
import type { Refusal } from './run-control.ts';

/** Longest name of a person who labels, in characters. */
const MAX_LABELER_CHARS = 200;

/** Of an update that is about a task. */
export function whyNoTask(name: string, input: unknown): Refusal | undefined {
  if (typeof input === 'object' && input !== null && 'task' in input && typeof input.task === 'string')
    return undefined;
  return {
    type: 'WRONG_INPUT',
    message: `${name} takes {"task": "<path of the task>"}, such as explore[3].score[1].`,
  };
}

/** Of `approve`, besides. */
export function whyNoAnswer({
  approved,
  by,
  note,
}: { readonly [key in keyof ApproveUpdate]?: unknown }): Refusal | undefined {
  const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
  if (typeof approved === 'boolean' && isText(by) && isText(note)) return undefined;
  const message = `${APPROVE_UPDATE} takes {"task": "<path>", "approved": true or false}, and as texts "by" and "note".`;
  return { type: 'WRONG_INPUT', message };
}

/** Of `labels`, besides. */
export function whyNoLabels({
  labeler,
  labels,
  done,
}: { readonly [key in keyof LabelsUpdate]?: unknown }): Refusal | undefined {
  const isName = typeof labeler === 'string' && labeler.trim() !== '' && labeler.length <= MAX_LABELER_CHARS;
  const isCount = Number.isSafeInteger(labels) && Number(labels) >= 0;
  if (isName && isCount && (done === undefined || typeof done === 'boolean')) return undefined;
  const message = `${LABELS_UPDATE} takes {"task": "<path>", "labeler": "<name, at most ${MAX_LABELER_CHARS} characters>", "labels": <how many>}, and "done": true or false.`;
  return { type: 'WRONG_INPUT', message };
}
