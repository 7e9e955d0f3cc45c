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
import { whyNoAnswer, whyNoLabels, whyNoTask } from './update-inputs.ts';

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
      (input) => whyNoTask(name, input) ?? control.whyNotDecidable(input.task),
    );
  decides(RETRY_TASK_UPDATE, 'retry', 'Run a held task again.');
  decides(SKIP_TASK_UPDATE, 'skip', 'Go on as if the condition of a held task had been false.');
  decides(FAIL_TASK_UPDATE, 'fail', 'Let a held task fail.');
  handle<[ApproveUpdate]>(
    APPROVE_UPDATE,
    'Answer a task that waits for an approval.',
    ({ task, approved, by = '', note = '' }) => control.answer(task, { approved, by, note }),
    (input) => whyNoTask(APPROVE_UPDATE, input) ?? whyNoAnswer(input) ?? control.whyNotAnswerable(input.task),
  );
  handle<[LabelsUpdate]>(
    LABELS_UPDATE,
    'Tell a task that waits for labels what a person has labelled.',
    (input) => control.label(input),
    (input) => whyNoTask(LABELS_UPDATE, input) ?? whyNoLabels(input) ?? control.whyNotLabelled(input.task),
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
