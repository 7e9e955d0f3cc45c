import type { Activity, ActivityContext } from '../../activity.ts';
import type { ShardReference } from '../../store/tables.ts';
import { runShard } from '../../inference/run-shard.ts';
import { digest } from '../../store/digest.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { MAX_VALIDATORS } from '../../../configs/settings/panel.ts';
import { criteriaOf } from '../../../configs/checks/rubric.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { scoreAnswer, scoreSentinel } from './score-answer.ts';
import { gatedRow, readGates } from './gates.ts';
import { readAnswers } from './read-answers.ts';
import { isAnswer, scoreTableOf } from './scored-answer.ts';
import { plantSentinels } from './sentinels.ts';
import { shardSchema } from '../../schemas.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface ValidatorInput {
  /** A shard of model_outputs (scored into validator_scores), lesson_outputs (into lesson_scores) or test_outputs (into test_scores). */
  readonly shard: ShardReference;
  /** Its number in the config, from 1. */
  readonly validator: number;
}

/** Stage 4: one validator scores every answer of a shard by the criteria of the rubric. */
export const runValidator: Activity<ValidatorInput, ShardReference> = {
  name: 'runValidator',
  description: 'Lets one validator score every answer of a shard by the criteria of the rubric.',
  taskQueue: 'gpu-validator',
  cacheable: 'it also writes the sentinels of its run',
  input: objectSchema({
    shard: shardSchema,
    validator: { type: 'integer', minimum: 1, maximum: MAX_VALIDATORS },
  }),
  output: shardSchema,
  async run({ shard, validator }, context) {
    const table = scoreTableOf(shard, 'runValidator');
    const config = context.settings.validatorModel.validators[validator - 1];
    if (!config)
      throw new ActivityError(
        'UNKNOWN_VALIDATOR',
        `There is no validator ${validator}: configs/validator_model_config.yaml has ${context.settings.validatorModel.validators.length}, numbered from 1.`,
      );
    const name = `v${validator}-${digest({ shard: shard.shard, settings: context.run.settingsDigest }).slice(0, 16)}`;
    const items = await readAnswers(shard, context);
    const gated = await readGates(items, table, context);
    const work = { context, split: shard.split, concurrency: config.request.concurrency };
    const reference = await runShard({
      ...work,
      stage: table,
      name: { table, run: context.run.runId, shard: `scores-${name}` },
      unit: 'scores',
      items,
      keyOf: (item) => item.key,
      call: async (item, own) =>
        gated.has(item.key)
          ? {
              rows: [
                gatedRow(item, gated.get(item.key) ?? null, {
                  validator,
                  model: config.model.name,
                  settings: context.settings,
                }),
              ],
              calls: [],
            }
          : scoreAnswer(item, table, config, own),
    });
    await runShard({
      ...work,
      stage: 'sentinels',
      name: { table: 'sentinels', run: context.run.runId, shard: `sentinels-${name}` },
      unit: 'sentinels',
      items: plantSentinels(
        items.filter(({ row, key }) => isAnswer(row) && !gated.has(key)),
        context.settings.validatorModel,
        // The same ones for all validators, so that they can be compared.
        deriveSeed(context.run.seed, 'sentinels', shard.shard),
        criteriaOf(context.settings.texts.rubric),
      ),
      keyOf: ({ kind, from }) => `${kind}:${from.key}`,
      call: (item, own) => scoreSentinel(item, table, config, own),
    });
    await warnOfMissing(reference, validator, context);
    return reference;
  },
};

async function warnOfMissing(
  reference: ShardReference,
  validator: number,
  context: ActivityContext,
): Promise<void> {
  const rows = await context.store.readShard(reference);
  const criteria = criteriaOf(context.settings.texts.rubric);
  const asked = rows.filter((row) => row['error'] !== 'NO_ANSWER');
  const missing = asked.filter((row) => criteria.some((key) => row[key] == null)).length;
  if (missing === 0) return;
  const counts = { validator, shard: reference.shard, missing, of: asked.length };
  context.log.warn(counts, 'answers are left without all scores; what the validator said is in the table');
}
