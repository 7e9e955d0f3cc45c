/** What people write who know another workflow language, and what is written here. Pure. */

/** By the key that is meant: the words other languages have for it, without hyphens and underscores, and how it is written. */
const MEANT: { readonly [key: string]: { readonly words: readonly string[]; readonly example: string } } = {
  needs: {
    words: [
      'dependson',
      'depends',
      'dependencies',
      'dependsupon',
      'after',
      'upstream',
      'requires',
      'require',
      'need',
    ],
    example: 'needs: [build]',
  },
  run: { words: ['triggerrule', 'trigger', 'joinrule', 'rule', 'join'], example: 'run: allSettled' },
  when: {
    words: ['if', 'condition', 'runif', 'unless', 'only'],
    example: "when: '${ tasks.build.count > 0 }'",
  },
  forEach: {
    words: ['matrix', 'loop', 'withitems', 'withparam', 'map', 'each', 'foreachitem', 'expand'],
    example: 'forEach: { in: [1, 2], as: item }',
  },
  activity: {
    words: [
      'uses',
      'type',
      'action',
      'operator',
      'function',
      'call',
      'template',
      'plugin',
      'handler',
      'image',
    ],
    example: 'activity: noop',
  },
  workflow: {
    words: ['subflow', 'subworkflow', 'childworkflow', 'flow', 'pipeline'],
    example: 'workflow: smoke',
  },
  tasks: {
    words: ['steps', 'jobs', 'nodes', 'stages', 'dag', 'do', 'states', 'parallel'],
    example: 'tasks: { build: { activity: noop } }',
  },
  with: {
    words: ['input', 'inputs', 'args', 'arguments', 'parameters', 'params', 'env', 'config', 'settings'],
    example: 'with: { value: 1 }',
  },
  params: {
    words: ['inputs', 'input', 'parameters', 'arguments', 'variables', 'vars', 'env'],
    example: 'params: { count: { type: integer, default: 3 } }',
  },
  taskQueue: {
    words: ['queue', 'runson', 'pool', 'worker', 'node', 'machine'],
    example: 'taskQueue: gpu-main',
  },
  retry: {
    words: ['retries', 'retrypolicy', 'retrystrategy', 'maxretries', 'attempts', 'maxattempts'],
    example: 'retry: { maximumAttempts: 3 }',
  },
  onFailure: {
    words: ['onerror', 'continueonerror', 'allowfailure', 'failfast', 'errors'],
    example: 'onFailure: continue',
  },
  catch: {
    words: ['catchers', 'except', 'rescue', 'onexception', 'errorhandler', 'fallback', 'compensate'],
    example: "catch: { tasks: { undo: { activity: noop, with: { value: '${ error.message }' } } } }",
  },
  finally: {
    words: ['onexit', 'ensure', 'cleanup', 'always', 'teardown'],
    example: 'finally: { tidy: { activity: noop } }',
  },
  schedule: {
    words: ['on', 'cron', 'triggers', 'trigger', 'interval', 'every'],
    example: "schedule: { cron: '0 6 * * *' }",
  },
  outputs: {
    words: ['result', 'results', 'returns', 'return', 'exports'],
    example: "outputs: { count: '${ tasks.build.count }' }",
  },
  timeout: {
    words: ['timeoutseconds', 'timeoutminutes', 'deadline', 'executiontimeout'],
    example: 'timeout: 30s',
  },
  in: { words: ['items', 'over', 'list', 'values', 'item', 'foreach'], example: 'in: [1, 2]' },
  as: { words: ['var', 'variable', 'name', 'itemname', 'iterator', 'key'], example: 'as: item' },
  concurrency: {
    words: ['parallel', 'parallelism', 'maxparallel', 'maxconcurrency', 'limit', 'batch'],
    example: 'concurrency: 4',
  },
  maximumAttempts: {
    words: ['limit', 'count', 'attempts', 'maxattempts', 'max', 'retries', 'times'],
    example: 'maximumAttempts: 3',
  },
  initialInterval: { words: ['delay', 'interval', 'wait', 'backoff'], example: 'initialInterval: 1s' },
};

/** Advice on a key that another language has where one of `known` is meant; undefined if it is no such word. */
export function foreignWord(wrong: string, known: Iterable<string>): string | undefined {
  const word = wrong.toLowerCase().replaceAll(/[-_]/g, '');
  for (const key of known) {
    const meant = Object.hasOwn(MEANT, key) ? MEANT[key] : undefined;
    if (meant?.words.includes(word) === true) return `Here it is '${key}', such as ${meant.example}.`;
  }
  return undefined;
}

/** By the value that is meant: the words other languages have for it, without hyphens and underscores. */
const VALUES: { readonly [value: string]: readonly string[] } = {
  allSucceeded: ['allsuccess', 'allsuccessful', 'success', 'onsuccess'],
  noneFailed: ['nonefailure'],
  noneFailedMinOneSucceeded: ['nonefailedminonesuccess'],
  allSettled: ['alldone', 'allfinished', 'allcompleted'],
  anySucceeded: ['onesuccess', 'anysuccess'],
  anyFailed: ['onefailed', 'failure', 'onfailure', 'onerror'],
  anySettled: ['onedone', 'anydone'],
  allFailed: ['allfailure'],
  continue: ['ignore', 'skip', 'warn', 'proceed'],
  hold: ['pause', 'wait', 'manual', 'block', 'suspend'],
  integer: ['int', 'long'],
  number: ['float', 'double', 'decimal'],
  string: ['str', 'text'],
  boolean: ['bool'],
  array: ['list'],
  object: ['dict', 'map', 'json'],
};

/** Advice on a value that another language has where one of `allowed` is meant; undefined if it is no such word. */
export function foreignValue(wrong: string, allowed: readonly string[]): string | undefined {
  const word = wrong.toLowerCase().replaceAll(/[-_]/g, '');
  const meant = allowed.find((value) => Object.hasOwn(VALUES, value) && VALUES[value]?.includes(word));
  return meant && `Here it is '${meant}'.`;
}
