/** Checks what the configs of training say of trainers against those that there are. */
import { isFields } from '../../definitions/documents/fields.ts';
import type { Found } from '../../definitions/documents/problem.ts';
import { checkSchema, compileSchema } from '../../definitions/documents/schema-check.ts';
import type { JsonSchema, Value } from '../../definitions/model/types.ts';
import { configSchema } from '../settings/config-schemas.ts';
import { isEmbedded } from '../settings/simulated.ts';
import { NO_TRAINER, sectionOf, type TrainerContract } from '../settings/trainer-contract.ts';
import type { RoleConfig, Settings } from '../settings/types.ts';

/** The configs that name a trainer. */
export type TrainedKey = 'promptOptimization' | 'fineTuning';

/** `trainer` must be one of them, with its section, and no other key may be there that is not a trainer's. */
export function checkTrainer(
  key: TrainedKey,
  config: Value,
  trainers: readonly TrainerContract[],
): readonly Found[] {
  const possible = trainersOf(key, trainers);
  const problems = [...checkSchema(config, compileSchema(withSections(key, config, possible)))];
  if (problems.length > 0) return problems;
  return possible.flatMap((trainer) => checkSection(config, trainer));
}

/** The main model has weights or none: there is nothing else to train in it. */
function trainersOf(key: TrainedKey, trainers: readonly TrainerContract[]): readonly TrainerContract[] {
  if (key === 'promptOptimization') return trainers;
  return [NO_TRAINER, ...trainers.filter(({ needsWeights }) => needsWeights)];
}

function checkSection(config: Value, trainer: TrainerContract): readonly Found[] {
  const section = sectionOf(config, trainer.name);
  const found = section === undefined ? [] : (trainer.check?.(section) ?? []);
  return found.map(({ path, ...finding }) => ({ ...finding, at: [trainer.name, ...path] }));
}

/** A simulated model has no weights to train, and nothing may look as if it had. With the config that each problem is in. */
export function checkWeights(
  { promptOptimization, fineTuning, mainModel }: Settings,
  trainers: readonly TrainerContract[],
): readonly (readonly [TrainedKey, Found])[] {
  const needsWeights = (name: string): boolean =>
    trainers.some((trainer) => trainer.name === name && trainer.needsWeights);
  const of = (
    key: TrainedKey,
    trainer: string,
    role: RoleConfig,
  ): readonly (readonly [TrainedKey, Found])[] =>
    needsWeights(trainer) && isEmbedded(role)
      ? [
          [
            key,
            {
              code: 'NO_WEIGHTS_TO_TRAIN',
              message: `The trainer '${trainer}' trains weights, and the simulated model has none.`,
              advice: 'Let a server of a real model answer for it, or name another trainer.',
              at: ['trainer'],
            },
          ],
        ]
      : [];
  return [
    ...of('promptOptimization', promptOptimization.trainer, promptOptimization),
    ...of('fineTuning', fineTuning.trainer, mainModel),
  ];
}

function withSections(key: TrainedKey, config: Value, trainers: readonly TrainerContract[]): JsonSchema {
  const { properties } = configSchema(key);
  const keys = isFields(properties) ? Object.keys(properties) : [];
  const chosen = trainers.find(({ name }) => name === sectionOf(config, 'trainer'));
  const sections = trainers.filter((trainer) => trainer !== NO_TRAINER);
  return {
    type: 'object',
    additionalProperties: false,
    required: chosen?.settings['required'] === undefined ? [] : [chosen.name],
    properties: {
      ...Object.fromEntries(keys.map((name) => [name, true])),
      trainer: { enum: trainers.map(({ name }) => name) },
      ...Object.fromEntries(sections.map(({ name, settings }) => [name, settings])),
    },
  };
}
