/** The seven config files: their names and their places in `Settings`. */
import type { Settings } from './types.ts';

/** The parts of `Settings` that come from YAML. */
export type ConfigKey = Exclude<keyof Settings, 'texts' | 'taskCache'>;

/** File names in `configs/` without `.yaml`, in pipeline order. */
export const CONFIG_FILES: { readonly [key in ConfigKey]: string } = {
  basePrompt: 'base_prompt_config',
  promptVariation: 'prompt_variation_config',
  mainModel: 'main_model_config',
  validatorModel: 'validator_model_config',
  promptOptimization: 'prompt_optimization_config',
  fineTuning: 'fine_tuning_config',
  queues: 'queues',
};

/** In pipeline order. */
export const CONFIG_KEYS: readonly ConfigKey[] = [
  'basePrompt',
  'promptVariation',
  'mainModel',
  'validatorModel',
  'promptOptimization',
  'fineTuning',
  'queues',
];
