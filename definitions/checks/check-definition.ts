/** Every check of a definition beyond its schema: the only list. A check is one file and one line here. */
import { checkCalls } from './check-calls.ts';
import type { Check, Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkFileName } from './check-file-name.ts';
import { checkGraph } from './check-graph.ts';
import { checkNames } from './check-names.ts';
import { checkOptions } from './check-options.ts';
import { checkParams } from './check-params.ts';
import { checkParts } from './check-parts.ts';
import { checkSchedule } from './check-schedule.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkTargets } from './check-targets.ts';
import { checkWaiting } from './check-waiting.ts';
import { warnOfJoins } from './warn-of-joins.ts';
import { warnOfTexts } from './warn-of-texts.ts';

/** What stands against a definition. */
const CHECKS: readonly Check[] = [
  checkFileName,
  checkTargets,
  checkCalls,
  checkParams,
  checkNames,
  checkGraph,
  checkWaiting,
  checkSchedule,
  checkOptions,
  checkParts,
  checkExpressions,
  checkSecrets,
];

/** What is allowed, and yet most likely not meant; asked only of a definition without problems. */
const WARNINGS: readonly Check[] = [warnOfTexts, warnOfJoins];

/** All that stands against a definition, check by check; whoever has had enough stops. */
export function* checkDefinition(subject: Subject): Generator<Found> {
  for (const check of CHECKS) yield* check(subject);
}

export function* warnOfDefinition(subject: Subject): Generator<Found> {
  for (const check of WARNINGS) yield* check(subject);
}
