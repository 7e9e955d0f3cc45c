/** The local stack, for the verbs that need it up. */
import type { Cli } from '../cli.ts';

/**
 * Brings the project's local stack up; where `TEMPORAL_ADDRESS` names a server, nothing is started.
 *
 * @param asksSimulated whether a bundled, simulated model may be asked: without, its server is left as it is. Default true.
 * @returns whether runs are on the local stack.
 */
export async function bringUpLocalStack(cli: Cli, asksSimulated = true): Promise<boolean> {
  if (cli.context.env['TEMPORAL_ADDRESS']) return false;
  const { startStack } = await import('../../deploy/stack/start-stack.ts');
  await startStack({
    root: cli.root,
    env: cli.context.env,
    log: (line) => cli.note(line),
    ...(!asksSimulated && { parts: ['temporal', 'worker'] as const }),
  });
  return true;
}
