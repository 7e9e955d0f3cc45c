/** Checks one reference of an expression (`params.x`, `tasks.y.z`, `item.field`) against what is in scope. Pure. */
import type { Reference } from '../expressions/cel.ts';
import type { Finding } from '../documents/problem.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { foreignName } from './foreign-expression.ts';
import { UNKNOWN, isClosed, propertiesOf, sayType, typeOf } from '../documents/schema-types.ts';
import { TASK_ERROR, type StaticScope } from './static-scope.ts';
import type { JsonSchema } from '../model/types.ts';

/** What is wrong with a reference, and at which of its names. */
export interface ReferenceProblem {
  readonly finding: Finding;
  readonly index: number;
}

type Resolved = { readonly schema: JsonSchema; readonly from: number } | ReferenceProblem;

function resolveRoot([root = '', member]: readonly string[], scope: StaticScope): Resolved {
  if (root === 'params') {
    if (member === undefined) return { schema: UNKNOWN, from: 1 };
    const schema = Object.hasOwn(scope.params, member) ? scope.params[member] : undefined;
    if (schema !== undefined) return { schema, from: 2 };
    const advice = didYouMean(member, Object.keys(scope.params));
    return {
      finding: { code: 'UNKNOWN_PARAM', message: `There is no param '${member}'.`, advice },
      index: 1,
    };
  }
  if (root === 'tasks' || root === 'errors') {
    if (member === undefined) return { schema: UNKNOWN, from: 1 };
    const seen = scope.tasks.get(member);
    if (seen !== undefined && seen !== 'notNeeded')
      return { schema: root === 'errors' ? TASK_ERROR : seen, from: 2 };
    if (seen === 'notNeeded') {
      const message = `Task '${member}' is not needed here, so it may not have ended.`;
      const advice = `Add '${member}' to the needs of this task (or of the group around it).`;
      return { finding: { code: 'TASK_NOT_NEEDED', message, advice }, index: 1 };
    }
    if (Object.hasOwn(scope.last, member)) {
      const message = `Task '${member}' is in 'finally', which runs when all else has ended: neither outputs nor other tasks see it.`;
      const advice = `Move '${member}' to the tasks, or refer to one of those.`;
      return { finding: { code: 'UNKNOWN_TASK', message, advice }, index: 1 };
    }
    const names = scope.tasks.names();
    const advice = adviseOnInner(member, names, scope) ?? didYouMean(member, names);
    return {
      finding: { code: 'UNKNOWN_TASK', message: `There is no task '${member}' here.`, advice },
      index: 1,
    };
  }
  const schema = Object.hasOwn(scope.names, root) ? scope.names[root] : undefined;
  if (schema !== undefined) return { schema, from: 1 };
  const advice =
    scope.tasks.get(root) !== undefined
      ? `The task of this name is 'tasks.${root}'.`
      : Object.hasOwn(scope.params, root)
        ? `The param of this name is 'params.${root}'.`
        : (foreignName(root) ?? didYouMean(root, ['params', 'tasks', 'errors', ...Object.keys(scope.names)]));
  return {
    finding: { code: 'UNKNOWN_NAME', message: `There is nothing named '${root}' here.`, advice },
    index: 0,
  };
}

/** Tasks of which the values are searched for the name of another. */
const MAX_LOOKED_INTO = 1_000;

/** A task inside a group is reached through the group. */
function adviseOnInner(task: string, names: readonly string[], { tasks }: StaticScope): string | undefined {
  const group = names.slice(0, MAX_LOOKED_INTO).find((name) => {
    const seen = tasks.get(name);
    return seen !== undefined && seen !== 'notNeeded' && Object.hasOwn(propertiesOf(seen), task);
  });
  return group && `Task '${group}' has it: write 'tasks.${group}.${task}'.`;
}

/** What would be right instead of a field that is not there: a task's value is its output, and no record of how it went. */
function adviseOnField(owner: string, name: string, fields: readonly string[]): string {
  const advice = didYouMean(name, fields);
  if (!/^tasks\.\w+$/.test(owner)) return advice;
  if (/^(outputs?|results?)$/.test(name))
    return `'${owner}' is the output itself: leave '.${name}' out. ${advice}`;
  if (/^(status|state|outcome|conclusion)$/.test(name))
    return `How a task ended is asked by the join rule, such as 'run: anyFailed', or by has(${owner}). ${advice}`;
  if (name === 'error') return `Why a task failed is '${owner.replace(/^tasks/, 'errors')}'. ${advice}`;
  return advice;
}

/**
 * The schema of what a reference stands for, or its first problem: `UNKNOWN_PARAM`, `UNKNOWN_TASK`, `TASK_NOT_NEEDED`,
 * `UNKNOWN_NAME`, `UNKNOWN_FIELD`.
 */
export function checkReference(
  { names }: Reference,
  scope: StaticScope,
): { readonly schema: JsonSchema } | ReferenceProblem {
  const root = resolveRoot(names, scope);
  if ('finding' in root) return root;
  let { schema } = root;
  for (let index = root.from; index < names.length; index += 1) {
    const name = names[index] ?? '';
    const owner = names.slice(0, index).join('.');
    const type = typeOf(schema);
    if (type !== undefined && type !== 'object') {
      const message = `'${owner}' has no field '${name}': it is ${sayType(type)}.`;
      const advice =
        type === 'array' && /^(length|size|count|len)$/.test(name)
          ? `How many there are is 'size(${owner})'.`
          : type === 'array'
            ? `Take an item ('${owner}[0]') or all of them ('${owner}.map(x, x.${name})').`
            : `Remove '.${name}'.`;
      return { finding: { code: 'UNKNOWN_FIELD', message, advice }, index };
    }
    const fields = propertiesOf(schema);
    if (!Object.hasOwn(fields, name) && isClosed(schema)) {
      const message = `'${owner}' has no field '${name}'.`;
      const advice = adviseOnField(owner, name, Object.keys(fields));
      return { finding: { code: 'UNKNOWN_FIELD', message, advice }, index };
    }
    schema = (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? UNKNOWN;
  }
  return { schema };
}
