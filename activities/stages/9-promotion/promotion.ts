import type { Activity } from '../../activity.ts';
import type { RegistryRole } from '../../store/model-registry.ts';
import { promoteVersion, readChampion, readManifest } from '../../store/model-registry.ts';
import type { Store } from '../../store/store.ts';
import { isOutdated } from '../../trainers/index.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface PromotionInput {
  readonly role: RegistryRole;
  readonly version: string;
  /** The run whose test justifies it. */
  readonly run: string;
  /** The champion that it was tested against, empty for none; with another there by now nothing is promoted. Default: any. */
  readonly over?: string;
}

export interface PromotionOutput {
  /** The champion now. */
  readonly version: string;
  /** The one before it; empty if there was none. */
  readonly previous: string;
  readonly promoted: boolean;
  /** Why it was not promoted; empty if it was. */
  readonly reason: string;
}

/** Stage 9: makes a version of a role the champion, which `prose optimize` uses. */
export const promoteModel: Activity<PromotionInput, PromotionOutput> = {
  name: 'promoteModel',
  description: 'Makes a trained version the champion of its role.',
  taskQueue: 'prose',
  cacheable: 'it changes which version is the champion',
  input: objectSchema(
    {
      role: { type: 'string', enum: ['prompt_optimization', 'main_model'] },
      version: { type: 'string', minLength: 1 },
      run: { type: 'string', minLength: 1 },
      over: { type: 'string', description: 'The champion it was tested against; empty for none.' },
    },
    ['over'],
  ),
  output: objectSchema({
    version: { type: 'string' },
    previous: { type: 'string' },
    promoted: { type: 'boolean' },
    reason: { type: 'string' },
  }),
  async run({ role, version, run, over }, { store, log }) {
    for (;;) {
      const current = await readChampion(store, role);
      const reason = await findObstacle(store, role, version, current?.version ?? '', over);
      if (reason !== '') {
        log.warn({ role, version, champion: current?.version }, reason);
        return {
          version: current?.version ?? '',
          previous: current?.previous ?? '',
          promoted: false,
          reason,
        };
      }
      const champion = await promoteVersion(store, role, version, run, current?.version ?? '');
      // Another one has become champion since, which may be an obstacle.
      if (champion.version !== version) continue;
      log.info({ role, version, previous: champion.previous }, 'promoted');
      return { version, previous: champion.previous ?? '', promoted: true, reason };
    }
  },
};

/** Why a version that has won its test is not promoted all the same; empty if nothing speaks against it. */
async function findObstacle(
  store: Store,
  role: RegistryRole,
  version: string,
  champion: string,
  over: string | undefined,
): Promise<string> {
  if (champion === version || champion === '' || (await isOutdated(store, champion))) return '';
  const [own, other] = [await readManifest(store, role, version), await readManifest(store, role, champion)];
  if (own.simulated && !other.simulated)
    return `${version} knows simulated models only, and the champion ${champion} knows a real one.`;
  // What a version has learned of simulated models is worth nothing to a real one.
  if (other.simulated && !own.simulated) return '';
  return over !== undefined && over !== champion
    ? `${champion} is the champion, which ${version} was not tested against. A round of continual learning ` +
        '(prose run continual-learning) tests the two against each other.'
    : '';
}
