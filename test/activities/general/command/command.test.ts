import assert from 'node:assert/strict';
import { pbkdf2 } from 'node:crypto';
import { existsSync, symlinkSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MAX_VALUE_BYTES, PAYLOAD_TOO_LARGE } from '../../../../definitions/model/value-size.ts';
import { command, type CommandInput } from '../../../../activities/general/command/command.ts';
import { parseProgress } from '../../../../activities/general/command/command-output.ts';
import { hasCode, withContext, type GeneralContext } from '../general-context.ts';

const env = { PATH: process.env['PATH'] ?? '', SECRET: 'k', NEEDED: 'n' };

/** A command that runs JavaScript. */
function node(source: string, more: Partial<CommandInput> = {}): CommandInput {
  return { command: [process.execPath, '-e', source], ...more };
}

const withCommands = (work: (context: GeneralContext, root: string) => Promise<void>): Promise<void> =>
  withContext(work, { env });

describe('command', () => {
  it('passes arguments as they are, without a shell', () =>
    withCommands(async (context) => {
      const source = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
      const output = await command.run(
        { command: [process.execPath, '-e', source, '$HOME; echo *', "it's"] },
        context,
      );
      assert.deepEqual(JSON.parse(output.stdout), ['$HOME; echo *', "it's"]);
    }));

  it('gives the command no variables but the harmless and the named ones', () =>
    withCommands(async (context) => {
      const { result } = await command.run(
        node('console.log(JSON.stringify(process.env))', { env: ['NEEDED'], parseResult: true }),
        context,
      );
      const names = Object.keys(result as object).filter((name) => name in env);
      assert.deepEqual(names.toSorted(), ['NEEDED', 'PATH']);
      await assert.rejects(command.run(node('', { env: ['UNSET'] }), context), hasCode('ENV_NOT_SET'));
    }));

  it('reads its standard input and returns the last line as the result', () =>
    withCommands(async (context) => {
      const source = `process.stdin.on('data', (data) => console.log('noise\\n' + JSON.stringify({ got: String(data) })))`;
      const { result } = await command.run(node(source, { stdin: 'ü\n', parseResult: true }), context);
      assert.deepEqual(result, { got: 'ü\n' });
    }));

  it('refuses a result that is not JSON', () =>
    withCommands(async (context) => {
      for (const source of ['console.log("{}\\nlast")', ''])
        await assert.rejects(
          command.run(node(source, { parseResult: true }), context),
          hasCode('BAD_RESULT'),
          source,
        );
    }));

  it('takes a last line as long as a result may be, and names one that is longer', () =>
    withCommands(async (context) => {
      const printing = (chars: number): CommandInput =>
        node(`console.log(JSON.stringify('x'.repeat(${chars - 2})))`, { parseResult: true });
      const { result } = await command.run(printing(MAX_VALUE_BYTES), context);
      assert.equal((typeof result === 'string' ? result : '').length, MAX_VALUE_BYTES - 2);
      await assert.rejects(command.run(printing(MAX_VALUE_BYTES + 1), context), hasCode(PAYLOAD_TOO_LARGE));
    }));

  it('loses nothing of what a short command prints while the disk is slow', () =>
    withCommands(async (context) => {
      const derive = promisify(pbkdf2);
      const over = new AbortController();
      // Files are opened by the threads that these keep busy.
      const load = Array.from({ length: 8 }, async () => {
        while (!over.signal.aborted) await derive('p', 's', 50_000, 64, 'sha512');
      });
      const { stdout, stderr } = await command.run(
        { command: ['sh', '-c', 'echo out; echo err >&2'] },
        context,
      );
      over.abort();
      await Promise.all(load);
      assert.deepEqual({ stdout, stderr }, { stdout: 'out\n', stderr: 'err\n' });
    }));

  it('returns the end of what is printed and keeps all of it in files', () =>
    withCommands(async (context, root) => {
      const output = await command.run(
        node("process.stdout.write('ü'.repeat(10000)); console.error('!')"),
        context,
      );
      assert.ok(output.stdout.length <= 2048 && /^ü+$/.test(output.stdout));
      assert.equal(output.stderr, '!\n');
      assert.equal(await readFile(join(root, output.stdoutFile), 'utf8'), 'ü'.repeat(10000));
      assert.ok(output.stdoutFile.startsWith(join('data', 'commands', 'run=run%2F1', 'all%5B0%5D.do')));
    }));

  it('works in a directory of the project, and in no other', () =>
    withCommands(async (context, root) => {
      await mkdir(join(root, 'tools'));
      await writeFile(join(root, 'file'), '');
      symlinkSync('/', join(root, 'away'));
      const { stdout } = await command.run(
        node("process.stdout.write(require('path').basename(process.cwd()))", { directory: 'tools' }),
        context,
      );
      assert.equal(stdout, 'tools');
      for (const directory of ['..', '/', root, 'away', 'none', 'file'])
        await assert.rejects(
          command.run(node('', { directory }), context),
          hasCode('BAD_DIRECTORY'),
          directory,
        );
    }));

  it('fails by exit code with the end of what was printed, unless the code is allowed', () =>
    withCommands(async (context) => {
      const failing = node("console.error('no such column'); process.exitCode = 3");
      await assert.rejects(
        command.run(failing, context),
        (error: Error) =>
          hasCode('COMMAND_FAILED')(error) && /exit code 3[^]*no such column/.test(error.message),
      );
      const { exitCode } = await command.run({ ...failing, allowedExitCodes: [0, 3] }, context);
      assert.equal(exitCode, 3);
      await assert.rejects(
        command.run(node("process.kill(process.pid, 'SIGKILL')"), context),
        hasCode('COMMAND_FAILED'),
      );
    }));

  it('says when there is no such program', () =>
    withCommands(async (context) => {
      await assert.rejects(
        command.run({ command: ['no-such-program'] }, context),
        hasCode('COMMAND_NOT_FOUND'),
      );
    }));

  it('tells the progress that the command tells', () =>
    withCommands(async (context) => {
      await command.run(
        node(
          `console.log('PROGRESS 1/4\\nother'); console.error('{"progress": {"done": 4, "total": 4, "unit": "files"}}')`,
        ),
        context,
      );
      assert.deepEqual(
        context.told.toSorted((one, other) => one.done - other.done),
        [
          { done: 1, total: 4, unit: 'steps' },
          { done: 4, total: 4, unit: 'files' },
        ],
      );
    }));

  it('ends the command and all it started when it is cancelled', async () => {
    const controller = new AbortController();
    await withContext(
      async (context, root) => {
        // The inner one would write the file a second after the outer one was ended.
        const inner = `setTimeout(() => require('fs').writeFileSync('late', ''), 1000)`;
        const outer = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], {stdio: 'inherit'});
          console.log('PROGRESS 1/2'); setInterval(() => {}, 1000)`;
        const running = command.run(node(outer), context);
        while (context.told.length === 0) await sleep(10);
        controller.abort();
        await assert.rejects(running, { name: 'AbortError' });
        await sleep(1200);
        assert.ok(!existsSync(join(root, 'late')));
      },
      { env, signal: controller.signal },
    );
  });

  it('does not wait for what the command leaves running', () =>
    withCommands(async (context) => {
      const source = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio: 'inherit'}).unref()`;
      assert.equal((await command.run(node(source), context)).exitCode, 0);
    }));
});

describe('parseProgress', () => {
  it('reads nothing into other lines', () => {
    for (const line of [
      '',
      'progress 1/2',
      'PROGRESS 1/2 files',
      '{"progress": 3}',
      '{"progress": {"done": "3", "total": 4}}',
      '{"progress"',
    ])
      assert.equal(parseProgress(line), undefined, line);
  });
});
