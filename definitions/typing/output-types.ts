/** What a run of a definition is worth to the task that runs it, as schemas: before any run. Pure. */
import { ExpressionError, parseTemplate, references } from '../expressions/expression.ts';
import { ExpressionTypes } from './expression-types.ts';
import { needsOf, orderOutsideCycles } from '../model/graph.ts';
import { isGroup } from '../model/task-kind.ts';
import { UNKNOWN, schemaOfLiteral } from '../documents/schema-types.ts';
import { outerScope, scopeOfOutputs } from './static-scope.ts';
import type { ActivityCatalogue, Definition, JsonSchema, Task, Tasks, Value } from '../model/types.ts';
import { hasExpression } from '../model/walk-json.ts';

/** Every output by its name; its type where every run that succeeds gives it one, else `UNKNOWN`. */
export function outputTypes(
  definition: Definition,
  catalogue: ActivityCatalogue,
): { readonly [name: string]: JsonSchema } {
  const { outputs = {}, tasks } = definition;
  const types = new ExpressionTypes(scopeOfOutputs(outerScope(definition, { catalogue }), tasks));
  const sure = surelyRun(tasks);
  const isThere = (name: string): boolean => {
    const task = tasks[name];
    return task !== undefined && !isGroup(task) && sure.has(name);
  };
  const named = Object.entries(outputs).map(
    ([name, value]) => [name, typeOfOutput(value, isThere, types)] as const,
  );
  return Object.fromEntries(named);
}

function typeOfOutput(value: Value, isThere: (task: string) => boolean, types: ExpressionTypes): JsonSchema {
  try {
    // An output that refers to a task that did not run is null.
    if (![...references(value).tasks].every(isThere)) return UNKNOWN;
    if (!hasExpression(value)) return schemaOfLiteral(value);
    if (typeof value !== 'string') return { type: Array.isArray(value) ? 'array' : 'object' };
    const [part, ...more] = parseTemplate(value);
    if (part?.kind !== 'expression' || more.length > 0) return { type: 'string' };
    const inferred = types.infer(part.source);
    return 'schema' in inferred ? inferred.schema : UNKNOWN;
  } catch (error) {
    // The definition's own check tells what is wrong with it.
    if (error instanceof ExpressionError) return UNKNOWN;
    throw error;
  }
}

/** The tasks without which a run cannot succeed; of a group its tasks may still be skipped. */
function surelyRun(tasks: Tasks): ReadonlySet<string> {
  const sure = new Set<string>();
  for (const name of orderOutsideCycles(tasks)) {
    const task = tasks[name];
    if (task !== undefined && mustSucceed(task) && needsOf(task).every((needed) => sure.has(needed)))
      sure.add(name);
  }
  return sure;
}

function mustSucceed({ when, run = 'allSucceeded', onFailure = 'fail' }: Task): boolean {
  return when === undefined && run === 'allSucceeded' && onFailure === 'fail';
}
