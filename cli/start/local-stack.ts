/** The local stack, for the verbs that need it up. */
import { usualParts, type PartName } from '../../deploy/stack/stack-part.ts';
import type { Cli } from '../cli.ts';

/**
 * Brings the project's local stack up; where `TEMPORAL_ADDRESS` names a server, nothing is started.
 *
 * @param parts that are wanted; the others are left as they are. Default: `usualParts`.
 * @returns whether runs are on the local stack.
 */
export async function bringUpLocalStack(cli: Cli, parts: readonly PartName[] = usualParts): Promise<boolean> {
  if (cli.context.env['TEMPORAL_ADDRESS']) return false;
  const { startStack } = await import('../../deploy/stack/start-stack.ts');
  await startStack({
    root: cli.root,
    env: cli.context.env,
    log: (line) => cli.note(line),
    parts,
  });
  return true;
}
