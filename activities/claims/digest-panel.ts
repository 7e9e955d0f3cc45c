import type { Settings } from '../../configs/settings/types.ts';
import { digest } from '../store/digest.ts';

/**
 * Tells panels apart that may judge the same answers differently: which models are the validators, how they are asked and read, and
 * what the checks are. Sixteen hex digits. Which servers answer for a model makes no difference.
 */
export function digestPanel({ validatorModel, texts }: Pick<Settings, 'validatorModel' | 'texts'>): string {
  const { validators, checks = [], scores } = validatorModel;
  const asked = validators.map(({ model, sampling }) => ({ model: model.name, sampling }));
  return digest({ asked, checks, scores, text: texts.val_model_input }).slice(0, 16);
}
