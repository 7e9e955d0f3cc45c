/** The updates of a run: what its validators refuse never reaches its history. */
import { ApplicationFailure, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  APPROVE_UPDATE,
  FAIL_TASK_UPDATE,
  LABELS_UPDATE,
  PAUSE_UPDATE,
  RESUME_UPDATE,
  RETRY_TASK_UPDATE,
  SKIP_TASK_UPDATE,
  type ApproveUpdate,
  type LabelsUpdate,
  type TaskUpdate,
} from '../messages.ts';
import type { Decision, Refusal, RunControl } from './run-control.ts';

/** Longest name of a person who labels, in characters. */
const MAX_LABELER_CHARS = 200;

/**
 * Takes updates from now on. Refusals are `ApplicationFailure`s with the types of `RunControl`, and `WRONG_INPUT`.
 *
 * @param changed called after each update.
 */
export function handleUpdates(control: RunControl, changed: () => void): void {
  const handle = <Input extends unknown[]>(
    name: string,
    description: string,
    act: (...input: Input) => void,
    whyNot: (...input: Input) => Refusal | undefined,
  ): void => {
    const validator = (...input: Input): void => {
      const refusal = whyNot(...input);
      if (refusal !== undefined) throw ApplicationFailure.nonRetryable(refusal.message, refusal.type);
    };
    const handler = (...input: Input): void => {
      act(...input);
      changed();
    };
    setHandler(defineUpdate<void, Input>(name), handler, { validator, description });
  };
  const decides = (name: string, decision: Decision, description: string): void =>
    handle<[TaskUpdate]>(
      name,
      description,
      ({ task }) => control.decide(task, decision),
      (input) => whyWrong(name, input) ?? control.whyNotDecidable(input.task),
    );
  decides(RETRY_TASK_UPDATE, 'retry', 'Run a held task again.');
  decides(SKIP_TASK_UPDATE, 'skip', 'Go on as if the condition of a held task had been false.');
  decides(FAIL_TASK_UPDATE, 'fail', 'Let a held task fail.');
  handle<[ApproveUpdate]>(
    APPROVE_UPDATE,
    'Answer a task that waits for an approval.',
    ({ task, approved, by = '', note = '' }) => control.answer(task, { approved, by, note }),
    (input) => whyWrong(APPROVE_UPDATE, input) ?? whyNoAnswer(input) ?? control.whyNotAnswerable(input.task),
  );
  handle<[LabelsUpdate]>(
    LABELS_UPDATE,
    'Tell a task that waits for labels what a person has labelled.',
    (input) => control.label(input),
    (input) => whyWrong(LABELS_UPDATE, input) ?? whyNoLabels(input) ?? control.whyNotLabelled(input.task),
  );
  handle<[]>(
    PAUSE_UPDATE,
    'Start no new task or item; what runs finishes.',
    () => control.pause(),
    () => control.whyNotPausable(),
  );
  handle<[]>(
    RESUME_UPDATE,
    'Go on after a pause.',
    () => control.resume(),
    () => control.whyNotResumable(),
  );
}

/** Anybody may send anything: only the form that the types promise is let in. */
function whyWrong(name: string, input: unknown): Refusal | undefined {
  if (typeof input === 'object' && input !== null && 'task' in input && typeof input.task === 'string')
    return undefined;
  return {
    type: 'WRONG_INPUT',
    message: `${name} takes {"task": "<path of the task>"}, such as explore[3].score[1].`,
  };
}

function whyNoAnswer({
  approved,
  by,
  note,
}: { readonly [key in keyof ApproveUpdate]?: unknown }): Refusal | undefined {
  const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
  if (typeof approved === 'boolean' && isText(by) && isText(note)) return undefined;
  const message = `${APPROVE_UPDATE} takes {"task": "<path>", "approved": true or false}, and as texts "by" and "note".`;
  return { type: 'WRONG_INPUT', message };
}

function whyNoLabels({
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
