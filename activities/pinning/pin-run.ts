/** The first activity of every run: checks what it is about to do, and pins it. */
import { ApplicationFailure } from '@temporalio/activity';
import { checkBudget } from '../../configs/checks/check-budget.ts';
import { checkRunOptions } from '../../configs/checks/check-run-options.ts';
import type { SettingsOverrides } from '../../configs/settings/types.ts';
import { resolveParams } from '../../definitions/checks/params.ts';
import { activitiesOf } from '../../definitions/model/walk-tasks.ts';
import type { ActivityCatalogue, Definition, Value } from '../../definitions/model/types.ts';
import type { RunBudget } from '../activity.ts';
import type { ActivityDependencies } from '../attempts/perform.ts';
import { assertOwnRun } from '../attempts/other-project.ts';
import { demand, refuse } from './refuse.ts';
import { createPlanResolver, type PinnedPlans } from './resolve-plan.ts';
import { digest } from '../store/digest.ts';
import { runRecordFile, type RunRecord } from '../store/records/run-record.ts';
import type { Store } from '../store/store.ts';

type Values = { readonly [name: string]: Value };

/** Durable: in the history of every run. */
export interface PinRunRequest {
  /** Name of the definition = the workflow type. */
  readonly definition: string;
  /** As the caller gave them. */
  readonly params: Values;
  readonly options: SettingsOverrides & {
    readonly budget?: RunBudget;
    readonly plans?: string;
    readonly project?: string;
  };
  readonly runId: string;
  /** Another run has started it, as a part of itself. */
  readonly isPart?: true;
  /** Version of the interpreter's behaviour, for the run's digest. */
  readonly contract: number;
}

/** The resolved plan of a run. Durable: the interpreter follows this and nothing else. */
export interface PinnedRun {
  readonly definition: Definition;
  /** Under which its data lies. Left out where that is the workflow's id. */
  readonly runId?: string;
  /** Checked, with their defaults. */
  readonly params: Values;
  /** The settings lie in the store under it. */
  readonly settingsDigest: string;
  /** sha256 (hex) of the definition, those that it runs, the settings and the interpreter's contract. */
  readonly digest: string;
  /** The parameter `seed`, or 0. */
  readonly seed: number;
  /** The activities that the definition uses. */
  readonly activities: { readonly [name: string]: { readonly taskQueue: string } };
  /** The `PinnedPlans` lie in the store under it. Left out where the definition runs no other. */
  readonly plans?: string;
  /**
   * What numbers are in expressions: those of params by their schemas, all others doubles. Left out by earlier versions, to
   * which every whole number was an int.
   */
  readonly numbers?: 'bySchema';
  /** As the workflow gave it. Left out by versions before the second. */
  readonly contract?: number;
  /** Id of the project that has its data: no worker of another one does anything for it. Left out by earlier versions. */
  readonly project?: string;
  /** Events after which an execution of the run hands over to the next. Default: 6,000. */
  readonly maxHistoryEvents?: number;
}

/**
 * The activity `pinRun`. What it reads is read once and never again in the run, nor in the runs that it starts: those
 * take what it has stored. It stores the settings and these plans, and hands back the rest. Its failures are not retryable, and each of their details is a `Problem`: `INVALID_OPTIONS`,
 * `INVALID_CONFIG`, `INVALID_BUDGET`, `UNKNOWN_DEFINITION`, `INVALID_DEFINITION`, `INVALID_PARAMS`; and `RUN_ID_IN_USE`. Only
 * `OTHER_PROJECT` is for another worker to try again. The budget is no
 * part of what is pinned: the same run may be started again with a larger one.
 */
export function createPinRun(
  { root, project, store, log }: Pick<ActivityDependencies, 'root' | 'project' | 'store' | 'log'>,
  catalogue: ActivityCatalogue,
): (request: PinRunRequest) => Promise<PinnedRun> {
  const plansOf = createPlanResolver(root, store, catalogue);
  return async ({
    definition: name,
    params: given,
    options,
    runId: workflowId,
    isPart = false,
    contract,
  }) => {
    const wrong = checkRunOptions(options);
    if (wrong.length > 0) throw refuse('INVALID_OPTIONS', 'The options of the run are not valid', wrong);
    assertOwnRun({ root, project }, options.project, `The run '${workflowId}'`);
    const { definition, settings, settingsDigest, plans } = await plansOf(name, options);
    if (options.budget !== undefined) {
      const problems = checkBudget(options.budget, settings);
      if (problems.length > 0) throw refuse('INVALID_BUDGET', 'The budget is not valid', problems);
    }
    const params = demand(
      'INVALID_PARAMS',
      `The params of '${name}' are not valid`,
      resolveParams(definition, given),
    );
    const seed = params['seed'];
    const pinned: PinnedRun = {
      definition,
      params,
      settingsDigest,
      digest: digest({ definition, settings: settingsDigest, contract, ...(plans && { plans }) }),
      seed: typeof seed === 'number' ? seed : 0,
      activities: taskQueuesOf(definition, catalogue),
      numbers: 'bySchema',
      contract,
      ...(plans && { plans }),
      project,
    };
    const parts = plans === undefined ? {} : ((await store.getObject(plans)) as PinnedPlans).definitions;
    const record = {
      runId: workflowId,
      claim: digest({ digest: pinned.digest, params }),
      params,
      definitionDigest: digest({ definition, parts }),
      settingsDigest,
    };
    const runId = await claimRunId(store, record, isPart);
    log.info({ runId, definition: name, params, digest: pinned.digest, settingsDigest }, 'run pinned');
    return runId === workflowId ? pinned : { ...pinned, runId };
  };
}

/**
 * A run's id names its data. Temporal lets an id be used again once its run has ended; with the same definition,
 * settings and params that makes the same shards over again, with any others it would mix the data of two runs.
 * A run inside a run, whose params follow from what ran before it, cannot be given another workflow id: its data gets
 * an id of its own, which the same plan and params always get.
 *
 * @returns under which id the data lies.
 */
async function claimRunId(store: Store, record: RunRecord, isPart: boolean): Promise<string> {
  const { runId, claim } = record;
  let earlier = claim;
  await store.changeFile(runRecordFile(runId), (content) => {
    if (content === undefined) return `${JSON.stringify(record)}\n`;
    earlier = (JSON.parse(content) as RunRecord).claim;
    return undefined;
  });
  if (earlier === claim) return runId;
  if (isPart) return claimRunId(store, { ...record, runId: `${runId}.${claim.slice(0, 12)}` }, false);
  throw ApplicationFailure.nonRetryable(
    `There is data of an earlier run '${runId}' with another definition, other configs or other params. ` +
      'Start this one under another workflow id.',
    'RUN_ID_IN_USE',
  );
}

/** The task queue of every activity that the tasks use; the checker has made sure that each is in the catalogue. */
function taskQueuesOf(
  definition: Definition,
  catalogue: ActivityCatalogue,
): { readonly [name: string]: { readonly taskQueue: string } } {
  const used = activitiesOf(definition).flatMap((name) => catalogue.get(name) ?? []);
  return Object.fromEntries(used.map(({ name, taskQueue }) => [name, { taskQueue }]));
}
