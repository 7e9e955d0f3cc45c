import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { activityCatalogue } from '../../activities/index.ts';
import { foreignFunction } from '../../definitions/typing/foreign-expression.ts';
import { foreignWord } from '../../definitions/documents/foreign-words.ts';
import { loadDefinitionText } from '../../definitions/load.ts';
import type { Problem } from '../../definitions/documents/problem.ts';

const folder = fileURLToPath(new URL('../fixtures/mistakes/', import.meta.url));
const context = {
  catalogue: activityCatalogue(),
  queues: ['prose', 'gpu-generation', 'gpu-main', 'gpu-validator', 'gpu-training'],
  definitions: new Map([['smoke', { params: {}, calls: [], outputs: {} }]]),
  definitionNames: ['smoke'],
};

function findIn(text: string, file: string): readonly Problem[] {
  const checked = loadDefinitionText(text, file, context);
  return checked.ok ? checked.warnings : checked.problems;
}

/** Each file is a mistake that newcomers make, and begins with what it must be told, as `# line:column CODE`. */
describe('typical mistakes of newcomers', () => {
  for (const file of readdirSync(folder))
    it(`${file} is told what is wrong, where, and what would be right`, () => {
      const text = readFileSync(`${folder}${file}`, 'utf8');
      const found = findIn(text, file);
      const expected = [...text.matchAll(/^# (\d+:\d+ [A-Z_]+)$/gm)].map(([, line]) => line);
      assert.ok(expected.length > 0);
      assert.deepEqual(
        found.map(({ line, column, code }) => `${line}:${column} ${code}`),
        expected,
      );
    });

  for (const [task, advice] of [
    ['needs: build, activity: noop', '[build]'],
    ["activity: noop, with: { value: '${{ params.n }}' }", '${ … }'],
    ['activity: noop, with: { value: ${ params.n } }', "'${ … }'"],
    ["needs: [a], activity: noop, with: { value: '${ tasks.a.output.value }' }", "leave '.output' out"],
    ["needs: [a], activity: noop, with: { value: '${ a.value }' }", 'tasks.a'],
    ["needs: [a], when: tasks.a == 'succeeded', activity: noop", 'run: '],
    ['activity: noop, timeout: 30', '30s'],
    ['activity: noop, retry: 3', 'maximumAttempts'],
    ['activity: smoke', 'workflow: smoke'],
    ['activity: shell', 'command'],
    ['activity: sleep, for: 30s', 'with'],
    ["activity: noop, when: 'params.n > 3 and params.n < 5'", "'&&'"],
    ["activity: noop, when: 'params.a or params.b'", "'||'"],
    ["activity: noop, when: 'not params.a'", "'!'"],
    ["activity: noop, when: 'run.round = 3'", "'=='"],
    ['activity: noop, when: "run.id == None"', "'null'"],
    ["activity: noop, with: { value: '${ 1 if run.round > 3 else 2 }' }", 'condition ? one : other'],
    ["activity: noop, with: { value: '${ run.round + }' }", 'missing at its end'],
    ["activity: noop, with: { value: '${ run.round' }", "Add the '}'"],
    ["activity: noop, with: { value: '${ len([1]) }' }", 'size()'],
    ["activity: noop, with: { value: '${ now() }' }", 'no clock'],
    ["activity: noop, with: { value: '${ env.HOME }' }", 'no environment'],
    ["needs: [g], activity: noop, with: { value: '${ tasks.i.value }' }", 'tasks.g.i'],
    ["needs: [e], activity: noop, with: { value: '${ tasks.e.length }' }", 'size(tasks.e)'],
    ['needs: [g.i], activity: noop', "'g'"],
    ['needs: [a], run: all_success, activity: noop', 'allSucceeded'],
    ['activity: noop, onFailure: ignore', 'continue'],
    ['activity: noop, forEach: { in: 5 }', '${ range(5) }'],
    ["activity: noop, forEach: { in: '${ run.round }' }", 'range'],
    ['activity: noop, forEach: { in: tasks.e }, needs: [e]', '${ tasks.e }'],
    ['wait: 30m', 'for: "30m"'],
    ['wait: { approval: { message: Go on?, timeout: 3d } }', "'default'"],
    ['wait: { labels: { message: Which?, default: continue } }', "'timeout'"],
    ['wait: { labels: { labelers: 2 } }', "'message'"],
    ['fail: { code: TOO_FEW }', "'message'"],
    ['fail: { code: too few, message: Why }', 'TOO_FEW_ROWS'],
    ["fail: { code: TOO_FEW, message: '${ params.n }' }", 'remove it'],
    ['fail: { code: TOO_FEW, message: Why }, timeout: 5m', "'timeout'"],
    ["needs: [a], activity: noop, with: { value: '${ tasks.a.error }' }", 'errors.a'],
    ["activity: noop, with: { value: '${ errors.a.type }' }", 'needs'],
    ["needs: [a], activity: noop, with: { value: '${ errors.a.code }' }", 'type'],
    ["activity: noop, forEach: { in: [1], concurrency: '${ run.id }' }", 'number'],
    ['activity: noop, forEach: { in: [1], concurrency: many }', '${ params.atOnce }'],
    ['activity: noop, forEach: { in: [1], index: item }', 'another name'],
    ['activity: noop, forEach: { in: [1], index: errors }', 'another name'],
    ["wait: { for: '${ run.round }' }", '30m'],
    ['wait: { for: soon }', '30m'],
    ['wait: { labels: { message: Which?, labellers: 2 } }', "'labelers'"],
    ["repeat: { until: 'true' }, activity: noop", 'maxRounds'],
    ['activity: noop, timeout: 5min', '5m'],
    ['activity: generateBasePrompts, with: { count: many }', 'Base prompts to generate'],
    ['activity: noop, taskQueue: gpu-man', "'gpu-main'"],
  ] as const)
    it(`{ ${task} } is advised to use ${advice}`, () => {
      const others = `  a: { activity: noop }
  e: { forEach: { in: [1] }, activity: noop }
  g: { tasks: { i: { activity: noop, with: { value: 1 } } } }`;
      const problems = findIn(`name: x\ntasks:\n${others}\n  b: { ${task} }\n`, 'x.yaml');
      assert.ok(
        problems.some((problem) => problem.advice.includes(advice)),
        problems.map((problem) => problem.advice).join('\n'),
      );
    });

  it('a task of finally that is referred to outside of it is told to be there', () => {
    const last = 'finally: { b: { activity: noop, with: { value: 2 } } }';
    for (const [tasks, rest] of [
      ['a: { activity: noop }', "outputs: { y: '${ tasks.b.value }' }"],
      ["a: { activity: noop, with: { value: '${ tasks.b.value }' } }", ''],
    ]) {
      const [problem] = findIn(`name: x\ntasks: { ${tasks} }\n${last}\n${rest}\n`, 'x.yaml');
      assert.equal(problem?.code, 'UNKNOWN_TASK');
      assert.match(problem.message, /'b' is in 'finally'.*outputs/u);
    }
  });

  it('a value that is none of those that are taken is told them', () => {
    const [problem] = findIn(
      'name: x\ntasks: { a: { activity: http, with: { url: http://a, method: FETCH } } }\n',
      'x.yaml',
    );
    assert.match(problem?.message ?? '', /one of GET, /);
  });

  it('a task that stands beside tasks is told to go under it, and a name of several words how it is written', () => {
    const advice = (text: string): string =>
      findIn(text, 'x.yaml')
        .map((problem) => problem.advice)
        .join(' ');
    assert.match(advice('name: x\ntasks:\nbuild: { activity: noop }\n'), /under 'tasks'/);
    assert.match(advice('name: x\ntasks: { build-it: { activity: noop } }\n'), /'buildIt'/);
  });

  it('words of other languages are told as ours, where ours has a place', () => {
    const task = ['needs', 'run', 'when', 'forEach', 'activity', 'taskQueue', 'with'];
    for (const [word, ours] of [
      ['depends_on', 'needs'],
      ['trigger_rule', 'run'],
      ['if', 'when'],
      ['matrix', 'forEach'],
      ['uses', 'activity'],
      ['runs-on', 'taskQueue'],
      ['inputs', 'with'],
    ] as const)
      assert.match(foreignWord(word, task) ?? '', new RegExp(`'${ours}'`));
    assert.equal(foreignWord('if', ['tasks']), undefined);
    assert.equal(foreignWord('toString', task), undefined);
    assert.equal(foreignFunction('constructor'), undefined);
  });

  it('alternatives joined by a rule that lets one be skipped are no mistake', () => {
    const joined = (rest: string): readonly Problem[] =>
      findIn(
        `name: x\nparams: { big: { type: boolean } }\ntasks:\n  a: { when: '\${ params.big }', activity: noop }\n  b: { when: '\${ !params.big }', activity: noop }\n  c: { needs: [a, b], ${rest}activity: noop }\n`,
        'x.yaml',
      );
    assert.deepEqual(
      joined('').map(({ code }) => code),
      ['NEVER_JOINED'],
    );
    assert.deepEqual(joined('run: noneFailedMinOneSucceeded, '), []);
  });
});
