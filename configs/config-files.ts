/** The seven config files: their names, their places in `Settings`, their schemas. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type SchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
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

function readSchema(name: string): SchemaObject {
  const schema: SchemaObject = JSON.parse(
    readFileSync(new URL(`schemas/${name}.schema.json`, import.meta.url), 'utf8'),
  );
  return schema;
}

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

let validators: ReadonlyMap<string, ValidateFunction> | undefined;

/** The compiled schema of a config file. */
export function configValidator(key: ConfigKey): ValidateFunction {
  validators ??= compileAll();
  const validate = validators.get(CONFIG_FILES[key]);
  if (validate === undefined) throw new RangeError(`There is no schema of '${CONFIG_FILES[key]}'.`);
  return validate;
}

function compileAll(): ReadonlyMap<string, ValidateFunction> {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, strictRequired: false });
  ajv.addSchema(readSchema('role'));
  return new Map(Object.values(CONFIG_FILES).map((name) => [name, ajv.compile(readSchema(name))]));
}
