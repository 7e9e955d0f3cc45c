/** Checks what the prompt optimization config says of trainers against those that there are. */
import { isFields } from '../../definitions/documents/fields.ts';
import type { Found } from '../../definitions/documents/problem.ts';
import { checkSchema, compileSchema } from '../../definitions/documents/schema-check.ts';
import type { JsonSchema, Value } from '../../definitions/model/types.ts';
import { configSchema } from '../settings/config-schemas.ts';
import { sectionOf, type TrainerContract } from '../settings/trainer-contract.ts';

/** `trainer` must be one of them, with its section, and no other key may be there that is not a trainer's. */
export function checkTrainer(config: Value, trainers: readonly TrainerContract[]): readonly Found[] {
  const problems = [...checkSchema(config, compileSchema(withSections(config, trainers)))];
  if (problems.length > 0) return problems;
  return trainers.flatMap((trainer) => {
    const section = sectionOf(config, trainer.name);
    const found = section === undefined ? [] : (trainer.check?.(section) ?? []);
    return found.map(({ path, ...finding }) => ({ ...finding, at: [trainer.name, ...path] }));
  });
}

function withSections(config: Value, trainers: readonly TrainerContract[]): JsonSchema {
  const { properties } = configSchema('promptOptimization');
  const keys = isFields(properties) ? Object.keys(properties) : [];
  const chosen = trainers.find(({ name }) => name === sectionOf(config, 'trainer'));
  return {
    type: 'object',
    additionalProperties: false,
    required: chosen?.settings['required'] === undefined ? [] : [chosen.name],
    properties: {
      ...Object.fromEntries(keys.map((key) => [key, true])),
      trainer: { enum: trainers.map(({ name }) => name) },
      ...Object.fromEntries(trainers.map(({ name, settings }) => [name, settings])),
    },
  };
}
