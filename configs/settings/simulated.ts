/** Which models are simulated ones: what rests on them must say so. */
import type { RoleConfig, Settings } from './types.ts';

/** The word that stands for the bundled simulated models in a list of endpoints. */
export const EMBEDDED = 'embedded';

/** Whether a role is answered, always or now and then, by the bundled models that are reached by that word. */
export function isEmbedded({ model }: Pick<RoleConfig, 'model'>): boolean {
  return model.endpoints.includes(EMBEDDED);
}

/** Whether a role is answered by the bundled models, which may also be reached by their server's address: their names begin so. */
export function isSimulatedRole(role: Pick<RoleConfig, 'model'>): boolean {
  return isEmbedded(role) || role.model.name.startsWith('simulated');
}

/** Whether the main model or a validator is simulated: figures and lessons are then of the simulation, not of any model. */
export function restsOnSimulation({ mainModel, validatorModel }: Settings): boolean {
  return [mainModel, ...validatorModel.validators].some(isSimulatedRole);
}
