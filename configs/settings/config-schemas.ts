/** The schemas of the config files. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type SchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { CONFIG_FILES, type ConfigKey } from './config-names.ts';

/** The schema of a config file. */
export function configSchema(key: ConfigKey): SchemaObject {
  return readSchema(CONFIG_FILES[key]);
}

function readSchema(name: string): SchemaObject {
  const schema: SchemaObject = JSON.parse(
    readFileSync(new URL(`../schemas/${name}.schema.json`, import.meta.url), 'utf8'),
  );
  return schema;
}

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
