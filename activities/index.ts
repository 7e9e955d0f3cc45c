/** The registry of activities: the only list of them. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Settings } from '../configs/settings/types.ts';
import type { ActivityCatalogue } from '../definitions/model/types.ts';
import type { Activity, ActivityRequest } from './activity.ts';
import { generateBasePrompts } from './stages/1-base-prompts/base-prompts.ts';
import { keepBetterVariations } from './stages/5-halving/better-variations.ts';
import { fineTuneMainModel } from './stages/7-training/fine-tuning.ts';
import { command } from './general/command/command.ts';
import { generate } from './general/generate/generate.ts';
import { http } from './general/http/http.ts';
import { listShards } from './general/list-shards.ts';
import { noop } from './general/noop.ts';
import { sleep } from './general/sleep.ts';
import { sql } from './general/sql.ts';
import { createSpendLedger } from './inference/spend/spend-ledger.ts';
import { runMainModel } from './stages/3-main-model/main-model.ts';
import { buildPairs } from './stages/6-pairs/pairs.ts';
import { performActivity, type ActivityDependencies, type Registered } from './attempts/perform.ts';
import { createPinRun, type PinnedRun, type PinRunRequest } from './pinning/pin-run.ts';
import { registerTest } from './claims/register-test.ts';
import { drawRegressionSet } from './continual/draw-regression-set.ts';
import { gatherPairs } from './continual/gather-pairs.ts';
import { judgeChallenger } from './continual/judge-challenger.ts';
import { optimizeGatePrompts } from './continual/optimize-gate-prompts.ts';
import { planRound } from './continual/plan-round.ts';
import { recordRound } from './continual/record-round.ts';
import { promoteModel } from './stages/9-promotion/promotion.ts';
import { measureHeadroom } from './headroom/measure-headroom.ts';
import { planHeadroom } from './headroom/plan-headroom.ts';
import { planLessons } from './stages/7-lessons/plan-lessons.ts';
import { testLessons } from './stages/7-lessons/test-lessons.ts';
import { trainPromptOptimizer } from './stages/7-training/prompt-optimizer.ts';
import { createMemoryActivities, type MemoryActivities } from './pinning/run-memory.ts';
import { reportFailure } from './stages/8-test/report-failure.ts';
import { askPeople } from './labels/ask-people.ts';
import { evaluateArms } from './stages/8-test/test-framework.ts';
import { optimizeTestPrompts } from './stages/8-test/test-prompts.ts';
import { planScoring } from './stages/4-validators/plan-scoring.ts';
import { runChecks } from './stages/4-validators/run-checks.ts';
import { runValidator } from './stages/4-validators/validators.ts';
import { generateVariations } from './stages/2-variations/variations.ts';
import { pickTemplates } from './stages/2-templates/pick-templates.ts';
import { writeInstructions } from './stages/2-templates/write-instructions.ts';
import { proposeTemplates } from './stages/2-templates/propose-templates.ts';
import { chooseTemplate } from './stages/7-training/choose-template.ts';

export type { ActivityDependencies } from './attempts/perform.ts';

/** An activity of any input and output; the schemas of its contract guard what goes in and out. */
export type AnyActivity = Activity<never, unknown>;

/** Every activity that definitions may name, in pipeline order, those of continual learning, then those for pipelines of any kind. */
export const activities: readonly AnyActivity[] = [
  generateBasePrompts,
  planScoring,
  generateVariations,
  writeInstructions,
  proposeTemplates,
  pickTemplates,
  runMainModel,
  runChecks,
  runValidator,
  keepBetterVariations,
  buildPairs,
  trainPromptOptimizer,
  chooseTemplate,
  planLessons,
  testLessons,
  fineTuneMainModel,
  registerTest,
  optimizeTestPrompts,
  askPeople,
  evaluateArms,
  reportFailure,
  promoteModel,
  planHeadroom,
  measureHeadroom,
  planRound,
  gatherPairs,
  drawRegressionSet,
  optimizeGatePrompts,
  judgeChallenger,
  recordRound,
  noop,
  sleep,
  command,
  http,
  sql,
  listShards,
  generate,
];

/** Names and contracts of the activities, as the checker of definitions needs them. */
export function activityCatalogue(list: readonly AnyActivity[] = activities): ActivityCatalogue {
  return new Map(
    list.map(({ name, description, input, output, taskQueue, cacheable, asksNoModel, writesPart }) => [
      name,
      {
        name,
        description,
        input,
        output,
        taskQueue,
        ...(cacheable !== undefined && { cacheable }),
        ...(asksNoModel !== undefined && { asksNoModel }),
        ...(writesPart !== undefined && { writesPart }),
      },
    ]),
  );
}

/** The functions a worker offers to Temporal, by activity name. */
export interface ActivityFunctions {
  readonly [name: string]: (request: ActivityRequest) => Promise<unknown>;
}

/**
 * The functions of the given activities. Throws if the schema of a contract is not a valid JSON Schema.
 *
 * @param list default: all; tests give their own.
 */
export function createActivities(
  dependencies: ActivityDependencies,
  list: readonly AnyActivity[] = activities,
): ActivityFunctions {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  const readSettings = settingsReader(dependencies);
  const ledger = createSpendLedger({ backend: dependencies.store.backend, log: dependencies.log });
  const functions = list.map((activity): [string, ActivityFunctions[string]] => {
    const registered: Registered = {
      activity,
      isOwn: activities.includes(activity),
      checkInput: ajv.compile(activity.input),
      checkOutput: ajv.compile(activity.output),
    };
    return [
      activity.name,
      (request) => performActivity(registered, request, dependencies, ledger, readSettings),
    ];
  });
  return Object.fromEntries(functions);
}

interface InternalActivities extends MemoryActivities {
  readonly pinRun: (request: PinRunRequest) => Promise<PinnedRun>;
}

/** Names that no activity of a project may have. */
export const INTERNAL_ACTIVITIES: readonly string[] = Object.keys({
  pinRun: true,
  writeMemory: true,
  readMemory: true,
  recallRun: true,
} satisfies Readonly<Record<keyof InternalActivities, true>>);

/** What a run itself asks for, by its names: to be pinned and remembered. Only workers of the workflows' task queue offer it. */
export function createInternalActivities(
  dependencies: ActivityDependencies,
  list: readonly AnyActivity[] = activities,
): InternalActivities {
  return {
    pinRun: createPinRun(dependencies, activityCatalogue(list)),
    ...createMemoryActivities(dependencies.store, dependencies),
  };
}

/** Reads each pinned settings object once; a failed read is not remembered. */
function settingsReader({ store }: ActivityDependencies): (digest: string) => Promise<Settings> {
  const known = new Map<string, Promise<Settings>>();
  return (digest) => {
    const found = known.get(digest) ?? store.getObject(digest).then((object) => object as Settings);
    known.set(digest, found);
    found.catch(() => known.delete(digest));
    return found;
  };
}
