/** What a run of a definition is worth to the task that runs it, as schemas: before any run. Pure. */
import { ExpressionError, parseTemplate, references } from '../expressions/expression.ts';
import { ExpressionTypes } from './expression-types.ts';
import { ancestorsOf } from '../model/graph.ts';
import { UNKNOWN, schemaOfLiteral } from '../documents/schema-types.ts';
import { outerScope, scopeOfOutputs } from './static-scope.ts';
import type { ActivityCatalogue, Definition, JsonSchema, Task, Tasks, Value } from '../model/types.ts';
import { hasExpression } from './value-checker.ts';

/** Every output by its name; its type where every run that succeeds gives it one, else `UNKNOWN`. */
export function outputTypes(
  definition: Definition,
  catalogue: ActivityCatalogue,
): { readonly [name: string]: JsonSchema } {
  const { outputs = {}, tasks } = definition;
  const types = new ExpressionTypes(scopeOfOutputs(outerScope(definition), tasks, { catalogue }));
  const named = Object.entries(outputs).map(
    ([name, value]) => [name, typeOfOutput(value, tasks, types)] as const,
  );
  return Object.fromEntries(named);
}

function typeOfOutput(value: Value, tasks: Tasks, types: ExpressionTypes): JsonSchema {
  try {
    // An output that refers to a task that did not run is null.
    if (![...references(value).tasks].every((name) => hasSurelyRun(tasks, name))) return UNKNOWN;
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

/** Whether a run cannot succeed without the task; of a group its tasks may still be skipped. */
function hasSurelyRun(tasks: Tasks, name: string): boolean {
  const task = tasks[name];
  if (task === undefined || 'tasks' in task) return false;
  return [task, ...[...ancestorsOf(tasks, name)].map((other) => tasks[other])].every(
    (each) => each !== undefined && mustSucceed(each),
  );
}

function mustSucceed({ when, run = 'allSucceeded', onFailure = 'fail' }: Task): boolean {
  return when === undefined && run === 'allSucceeded' && onFailure === 'fail';
}
