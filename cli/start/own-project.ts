/** The project that runs are started for: no worker of another one does anything for them. */
import type { Cli } from '../cli.ts';

/** For the options of a run. Makes the project's identity if it has none. */
export async function ownProject(cli: Cli): Promise<{ readonly project: string }> {
  const { identifyProject } = await import('../../configs/project/identity.ts');
  return { project: await identifyProject(cli.root, (line) => cli.note(line)) };
}
