/** What in a definition is allowed, and yet most likely not meant. Warnings stand against nothing. */
import type { SourceDocument } from '../documents/document.ts';
import type { Path } from '../model/walk-json.ts';
import { conditionSource } from '../expressions/expression.ts';
import { ancestorsOf } from '../model/graph.ts';
import type { Problem } from '../documents/problem.ts';
import type { Definition, Tasks, Value } from '../model/types.ts';

/** How other languages write what is `${ … }` here. */
const FOREIGN_EXPRESSION = /\{\{-?\s*(params|tasks|inputs|steps|item)\b|\$(params|tasks)\./;

function* warnOfTexts(value: Value, path: Path, document: SourceDocument): Generator<Problem> {
  if (typeof value === 'string') {
    if (value.includes('${') || !FOREIGN_EXPRESSION.test(value)) return;
    const message = `'${value.slice(0, 60)}' is taken as it is: there is no expression in it.`;
    const advice = "Write '${ params.x }' where a value is meant.";
    yield document.problem({ code: 'NO_EXPRESSION', message, advice }, path);
  } else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      yield* warnOfTexts(inner, [...path, Array.isArray(value) ? Number(key) : key], document);
}

/** One of two conditions is the other with a `!` before it. */
function areAlternatives(left: string, right: string): boolean {
  const [one, other] = [left, right].map((text) => conditionSource(text).replaceAll(/[\s()]/g, ''));
  return one === `!${other}` || other === `!${one}`;
}

/** The condition that decides whether a task runs: its own, or one it is skipped with. */
function conditionsOf(tasks: Tasks, name: string): readonly string[] {
  const names = [name, ...ancestorsOf(tasks, name)];
  return names.flatMap((each) => tasks[each]?.when ?? []);
}

/**
 * Two branches of which always one is skipped, joined by a rule that then skips what comes after: the best-known trap of
 * such languages.
 */
function* warnOfJoins(tasks: Tasks, path: Path, document: SourceDocument): Generator<Problem> {
  for (const [name, task] of Object.entries(tasks)) {
    if ('tasks' in task) yield* warnOfJoins(task.tasks, [...path, name, 'tasks'], document);
    const needs = task.needs ?? [];
    if ((task.run ?? 'allSucceeded') !== 'allSucceeded') continue;
    const trapped = needs.some((left, index) =>
      needs
        .slice(index + 1)
        .some((right) =>
          conditionsOf(tasks, left).some((one) =>
            conditionsOf(tasks, right).some((other) => areAlternatives(one, other)),
          ),
        ),
    );
    if (!trapped) continue;
    const message = `Task '${name}' never runs: one of the tasks it needs is always skipped.`;
    const advice = "Join alternatives with 'run: noneFailedMinOneSucceeded'.";
    yield document.problem({ code: 'NEVER_JOINED', message, advice }, [...path, name, 'needs']);
  }
}

/** Warnings `NO_EXPRESSION` and `NEVER_JOINED` of a definition that has passed its checks. */
export function* warnOfDefinition(definition: Definition, document: SourceDocument): Generator<Problem> {
  yield* warnOfTexts(document.value, [], document);
  yield* warnOfJoins(definition.tasks, ['tasks'], document);
}
