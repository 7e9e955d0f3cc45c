import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeCommand } from '../../../deploy/stack/node-command.ts';
import { workerCommand, type WorkerCommand } from '../../../deploy/stack/worker-command.ts';

const packageRoot = fileURLToPath(new URL('../../..', import.meta.url));
const file = relative(packageRoot, fileURLToPath(new URL('heap-limit.ts', import.meta.url)));

function run({ command, args, env }: WorkerCommand): { readonly heap: number; readonly arenas?: string } {
  return JSON.parse(execFileSync(command, args, { env, encoding: 'utf8' }));
}

describe('workerCommand', function () {
  this.timeout(30_000);
  const { NODE_OPTIONS: _options, MALLOC_ARENA_MAX: _arenas, ...env } = process.env;
  const worker = (more: NodeJS.ProcessEnv) => run(workerCommand(packageRoot, [], { ...env, ...more }, file));

  it('starts a process with a smaller nursery than Node has by itself, and two arenas', () => {
    const plain = run({ ...nodeCommand(packageRoot, file, []), env });
    const { heap, arenas } = worker({});
    assert.ok(heap < plain.heap, `${heap} MiB against ${plain.heap}`);
    assert.equal(plain.arenas, undefined);
    assert.equal(arenas, '2');
  });

  it('keeps what the user says of either, and all else in NODE_OPTIONS', () => {
    const ours = worker({ NODE_OPTIONS: '--max-old-space-size=200' });
    for (const option of ['--max-semi-space-size=32', '--max_semi_space_size=32']) {
      const given = worker({ NODE_OPTIONS: `--max-old-space-size=200 ${option}`, MALLOC_ARENA_MAX: '7' });
      assert.ok(given.heap > ours.heap + 3 * 8, `${given.heap} MiB against ${ours.heap}`);
      assert.equal(given.arenas, '7');
    }
    assert.ok(ours.heap < 200 + 3 * 16, `${ours.heap} MiB`);
  });
});
