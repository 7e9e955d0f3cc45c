/** A task with `onFailure: hold`: it has failed only when an operator says so. */
import type { Instance } from '../state/instance.ts';
import type { Recorder } from '../state/recorder.ts';
import { cancelled, type Failure, type Settlement } from '../state/settlement.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Attempts the work until it does not fail, or an operator has decided otherwise.
 *
 * @param attempt does the work once.
 */
export async function runHeld(
  instance: Instance,
  recorder: Recorder,
  surroundings: Surroundings,
  attempt: () => Promise<Settlement>,
): Promise<Settlement> {
  for (;;) {
    const held = recorder.outcomes.opened(instance.path)?.held;
    const attempted =
      held === undefined ? await attempt() : { outcome: 'failed' as const, failure: held.failure };
    const { failure } = attempted;
    if (failure === undefined || surroundings.isCancelled()) return attempted;
    const decided = await hold(instance, recorder, surroundings, failure, held?.since);
    if (decided !== 'retry') return decided;
  }
}

/** What the operator decides about an instance that has failed. */
async function hold(
  { path, node }: Instance,
  recorder: Recorder,
  { control, changed, now }: Surroundings,
  failure: Failure,
  since = now(),
): Promise<Settlement | 'retry'> {
  const { outcomes } = recorder;
  const { startedAt = since, labelled } = outcomes.opened(path) ?? {};
  // What people have labelled counts when the wait for the others begins again.
  const kept = { startedAt, ...(labelled && { labelled }) };
  node.suspend('held');
  outcomes.open(path, { ...kept, held: { failure, since } });
  const decided = control.hold(path, failure, since);
  changed?.();
  const decision = await decided;
  outcomes.open(path, { ...kept, ...(decision === 'retry' && { resumes: {} }) });
  if (decision === 'retry' && control.isPaused) await control.untilResumed();
  node.release('held');
  changed?.();
  if (decision === 'retry') return decision;
  if (decision === 'cancelled') return cancelled;
  if (decision === 'fail') return recorder.record(path, { outcome: 'failed', failure });
  return { outcome: 'skipped', reason: `skipped by an operator after ${failure.type}: ${failure.message}` };
}
