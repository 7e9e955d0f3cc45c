import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { command } from '../../../activities/general/command/command.ts';
import { canBeApart, spawnApart } from '../../../activities/programs/spawn-apart.ts';
import { withContext } from '../general/general-context.ts';

const secret = 'sk-planted-in-the-environment-4711';
/** Prints the environment of every process that it may look into. */
const look = ['sh', '-c', 'cat /proc/[0-9]*/environ 2>/dev/null; true'] as const;
const env = { PATH: process.env['PATH'] ?? '' };

/** Does work while another process of the same user has the secret in its environment. */
async function withHolder(work: () => Promise<void>): Promise<void> {
  const holder = spawn('sleep', ['60'], { env: { ...env, API_KEY: secret } });
  try {
    await once(holder, 'spawn');
    await work();
  } finally {
    holder.kill();
  }
}

describe('a program started apart', () => {
  it('reads the environment of no process outside, as one started beside the worker does on Linux', () =>
    withHolder(async () => {
      const found = async (path: string | undefined): Promise<boolean> => {
        const child = spawnApart(look, { cwd: '/', env }, path);
        child.stdin.end();
        return (await text(child.stdout)).includes(secret);
      };
      assert.equal(await found(undefined), process.platform === 'linux');
      if (await canBeApart()) assert.equal(await found('/bin/sh'), false);
    }));

  it('is what `command` starts: all that it prints of /proc is its own', () =>
    withHolder(async () => {
      await withContext(
        async (context) => {
          const { stdoutFile } = await command.run({ command: look }, context);
          const printed = await context.store.readFile(stdoutFile);
          assert.match(printed ?? '', /PATH=/);
          if (await canBeApart()) assert.ok(printed?.includes(secret) === false);
        },
        { env },
      );
    }));

  it('is the same user, with the same files, arguments and input, and ends as it would', async () => {
    const way = (await canBeApart()) ? '/bin/sh' : undefined;
    const source = 'id -u; id -g; cat; printf "%s|" "$@"; exit 7';
    const child = spawnApart(['sh', '-c', source, 'sh', 'a b', ''], { cwd: '/', env }, way);
    child.stdin.end('given\n');
    const printed = text(child.stdout);
    const [exitCode] = (await once(child, 'exit')) as [number];
    assert.equal(await printed, `${process.getuid?.()}\n${process.getgid?.()}\ngiven\na b||`);
    assert.equal(exitCode, 7);
  });
});
