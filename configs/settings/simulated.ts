/** Which models are simulated ones: what rests on them must say so. */
import type { RoleConfig, Settings } from './types.ts';

/** Whether a role is answered by the bundled models, which may also be reached by their server's address: their names begin so. */
export function isSimulatedRole({ model }: Pick<RoleConfig, 'model'>): boolean {
  return model.endpoints.includes('embedded') || model.name.startsWith('simulated');
}

/** Whether the main model or a validator is simulated: figures and lessons are then of the simulation, not of any model. */
export function restsOnSimulation({ mainModel, validatorModel }: Settings): boolean {
  return [mainModel, ...validatorModel.validators].some(isSimulatedRole);
}
