import type { Activity } from './activity.ts';
import type { RegistryRole } from './store/model-registry.ts';
import { promoteVersion } from './store/model-registry.ts';

export interface PromotionInput {
  readonly role: RegistryRole;
  readonly version: string;
  /** The run whose test justifies it. */
  readonly run: string;
}

export interface PromotionOutput {
  readonly version: string;
  /** Empty if there was no champion before. */
  readonly previous: string;
}

/** Stage 9: makes a version of a role the champion, which `prose optimize` uses. */
export const promoteModel: Activity<PromotionInput, PromotionOutput> = {
  name: 'promoteModel',
  description: 'Makes a trained version the champion of its role.',
  taskQueue: 'prose',
  cacheable: 'it changes which version is the champion',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['role', 'version', 'run'],
    properties: {
      role: { type: 'string', enum: ['prompt_optimization', 'main_model'] },
      version: { type: 'string', minLength: 1 },
      run: { type: 'string', minLength: 1 },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['version', 'previous'],
    properties: { version: { type: 'string' }, previous: { type: 'string' } },
  },
  async run({ role, version, run }, { store, log }) {
    const champion = await promoteVersion(store, role, version, run);
    log.info({ role, version, previous: champion.previous }, 'promoted');
    return { version, previous: champion.previous ?? '' };
  },
};
