import assert from 'node:assert/strict';
import { SecretKeeper } from '../../../../definitions/documents/secret-keeper.ts';
import { answersOf, checkContext, runKind, said } from '../check-context.ts';

/** A program in JavaScript that is given all lines as `answers`. */
const program = (
  source: string,
  timeout: '60s' | '500ms' = '60s',
): Parameters<typeof runKind<'command'>>[1] => ({
  command: [
    process.execPath,
    '-e',
    `const answers = require('fs').readFileSync(0, 'utf8').trim().split('\\n').map(JSON.parse);
    const say = (value) => require('fs').writeSync(1, JSON.stringify(value) + '\\n'); ${source}`,
  ],
  timeout,
});
const answers = answersOf(['yes', 'no', 'perhaps']);

describe('a check by a program', () => {
  it('is given all that is known of each answer, and may answer in any order', async () => {
    const results = await runKind(
      'command',
      program(`for (const { key, output, ...rest } of answers.reverse())
        say({ key, score: output === rest.expected ? 1 : 0.25, reason: Object.keys(rest).join() })`),
      answers,
    );
    assert.deepEqual(
      results.map(({ score }) => score),
      [1, 0.25, 0.25],
    );
    assert.equal(results[0]?.reason, 'prompt,sent,expected,context,fields');
  });

  it('may leave the keys out and print one line for each answer', () =>
    said(
      runKind(
        'command',
        program('for (const { output } of answers) say({ passed: output === "no" })'),
        answers,
      ),
    ).then((found) => assert.deepEqual(found, [0, 1, 0])));

  it('that dies, hangs, prints garbage or too much keeps what it has said, and says of the others why', async () => {
    const first = 'say({ key: answers[0].key, score: 1 });';
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['console.error("no more memory"); process.exit(3)', 'CHECK_FAILED', /exit code 3.*\n.*no more memory/],
      ['process.kill(process.pid, "SIGKILL")', 'CHECK_FAILED', /ended by SIGKILL/],
      [
        'console.log("<html>"); say({ key: "unknown", score: 1 }); say([1])',
        'NO_RESULT',
        /3 of its lines .*<html>/,
      ],
      ['for (;;) console.log("x".repeat(10000))', 'TOO_MUCH_OUTPUT', /more than 30000/],
      [
        'say({ key: answers[1].key, score: 7 }); say({ key: answers[2].key, passed: "yes" })',
        'BAD_SCORE',
        /0 to 1/,
      ],
    ];
    for (const [source, code, message] of cases) {
      const results = await runKind('command', program(first + source), answers);
      assert.deepEqual(
        results.map(({ score, error }) => error ?? score),
        [1, code, code],
        source,
      );
      assert.match(results[1]?.errorMessage ?? '', message);
    }
    const hangs = program(`${first} setInterval(() => {}, 1000)`, '500ms');
    assert.deepEqual(await said(runKind('command', hangs, answers)), [1, 'CHECK_TIMEOUT', 'CHECK_TIMEOUT']);
  });

  it('is ended with the attempt, and its secrets are in nothing that it says', async () => {
    const stop = new AbortController();
    const running = runKind(
      'command',
      program('setInterval(() => {}, 1000)'),
      answers,
      checkContext({ signal: stop.signal }),
    );
    setTimeout(() => stop.abort(new Error('cancelled')), 300);
    await assert.rejects(running, /cancelled/);
    const secrets = new SecretKeeper();
    secrets.keep('sk-very-secret-key');
    const leaking = program(
      'for (const { key } of answers) say({ key, score: 1, reason: "sk-very-secret-key" })',
    );
    const [result] = await runKind('command', leaking, answers, checkContext({ secrets }));
    assert.doesNotMatch(result?.reason ?? 'sk-very-secret-key', /very-secret/);
  });

  it('that is not there, or lies outside the project, fails the task', async () => {
    await assert.rejects(runKind('command', { command: ['no-such-program'] }, answers), {
      code: 'COMMAND_NOT_FOUND',
    });
    await assert.rejects(runKind('command', { command: ['true'], directory: '/' }, answers), {
      code: 'BAD_DIRECTORY',
    });
    await assert.rejects(runKind('command', { command: ['true'], env: ['ABSENT'] }, answers), {
      code: 'ENV_NOT_SET',
    });
  });
});
