/** Every check of a definition beyond its schema. */
import { checkExpressions } from './check-expressions.ts';
import { checkGraph } from './check-graph.ts';
import { checkOptions } from './check-options.ts';
import { checkParts } from './check-parts.ts';
import { checkParams } from './check-params.ts';
import { checkSchedule } from './check-schedule.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkWaiting } from './check-waiting.ts';
import { checkTargets, type CheckContext } from './check-targets.ts';
import type { SourceDocument } from '../documents/document.ts';
import type { Problem } from '../documents/problem.ts';
import type { Definition } from '../model/types.ts';

export type { CheckContext } from './check-targets.ts';

/** All problems of a definition that has passed its schema, or of what is left of one that has not. */
export function checkDefinition(
  definition: Definition,
  document: SourceDocument,
  context: CheckContext,
): readonly Problem[] {
  return [
    ...checkTargets(definition, document, context),
    ...checkParams(definition, document),
    ...checkGraph(definition.tasks, ['tasks'], document),
    ...checkGraph(definition.finally ?? {}, ['finally'], document),
    ...checkWaiting(definition, document),
    ...checkSchedule(definition, document),
    ...checkOptions(definition, document, context),
    ...checkParts(definition, document, context),
    ...checkExpressions(definition, document, context),
    ...checkSecrets(document),
  ];
}
