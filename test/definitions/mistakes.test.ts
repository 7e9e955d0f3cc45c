import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { activityCatalogue } from '../../activities/index.ts';
import { foreignWord } from '../../definitions/foreign-words.ts';
import { loadDefinitionText } from '../../definitions/load.ts';
import type { Problem } from '../../definitions/problem.ts';

const folder = fileURLToPath(new URL('../fixtures/mistakes/', import.meta.url));
const context = {
  catalogue: activityCatalogue(),
  queues: ['prose', 'gpu-generation', 'gpu-main', 'gpu-validator', 'gpu-training'],
  definitions: new Map([['smoke', { params: {}, calls: [], outputs: {} }]]),
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
  ] as const)
    it(`{ ${task} } is advised to use ${advice}`, () => {
      const problems = findIn(`name: x\ntasks:\n  a: { activity: noop }\n  b: { ${task} }\n`, 'x.yaml');
      assert.ok(
        problems.some((problem) => problem.advice.includes(advice)),
        problems.map((problem) => problem.advice).join('\n'),
      );
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
