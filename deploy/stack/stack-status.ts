import { isServerHealthy } from './server-part.ts';
import { isAlive } from './process-identity.ts';
import { partNames, type Part, type PartName } from './stack-part.ts';
import { readStackState } from './stack-state.ts';
import { isTemporalHealthy } from './temporal-part.ts';

/** `stopped`: never started, or ended. `dead`: the process runs but does not answer. */
type PartHealth = 'running' | 'stopped' | 'dead';

export interface PartStatus {
  readonly name: PartName;
  readonly health: PartHealth;
  /** As last recorded; absent if it was never started. */
  readonly part?: Part;
}

/** How the parts of a project's local stack are; asks the servers themselves, starts nothing. */
export async function stackStatus(root: string): Promise<readonly PartStatus[]> {
  const state = await readStackState(root);
  return Promise.all(
    partNames.map(async (name): Promise<PartStatus> => {
      const part = state[name];
      return part === undefined
        ? { name, health: 'stopped' }
        : { name, health: await healthOf(name, part), part };
    }),
  );
}

async function healthOf(name: PartName, part: Part): Promise<PartHealth> {
  if (!isAlive(part.process)) return 'stopped';
  if (name === 'temporal') return (await isTemporalHealthy(part)) ? 'running' : 'dead';
  if (name === 'models' || name === 'localModel') return (await isServerHealthy(part)) ? 'running' : 'dead';
  return part.ready === true ? 'running' : 'dead';
}
