import { trainerPython } from '../trainer/ensure-trainer.ts';
import { nodeCommand } from './node-command.ts';

/**
 * A worker makes much that lives as long as a shard. With nurseries of 8 MiB, half of V8's default, its heap takes 16 MiB
 * less, and the client as many calls per second; with 4 MiB it takes fewer.
 */
const NURSERY = '--max-semi-space-size=8';
const namesNursery = /--max[-_]semi[-_]space[-_]size/u;

export interface WorkerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * How every worker process is started. What the user says of the same in NODE_OPTIONS or MALLOC_ARENA_MAX counts.
 *
 * @param file relative to the package; workers/main.ts, or what is to be measured as if it were one.
 */
export function workerCommand(
  packageRoot: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  file = 'workers/main.ts',
): WorkerCommand {
  const node = nodeCommand(packageRoot, file, args);
  // An option on the command line would win over the same one in NODE_OPTIONS.
  const options = namesNursery.test(env['NODE_OPTIONS'] ?? '') ? [] : [NURSERY];
  return {
    command: node.command,
    args: [...options, ...node.args],
    // glibc gives each thread memory of its own and keeps what is freed for that thread alone; DuckDB has its own allocator.
    // The programs of `command` tasks do not get it: they get what they name.
    env: { MALLOC_ARENA_MAX: '2', PROSE_TRAINER_PYTHON: trainerPython(env), ...env },
  };
}
