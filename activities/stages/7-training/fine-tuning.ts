import { criteriaMean, criteriaSum } from '../../scoring/criteria-sql.ts';
import { restsOnSimulation } from '../../../configs/settings/simulated.ts';
import type { Activity } from '../../activity.ts';
import type { Manifest } from '../../store/model-registry.ts';
import { writeModelVersion } from '../../store/model-registry.ts';
import { digest } from '../../store/digest.ts';
import { buildMessages } from '../../inference/texts/render.ts';
import { learningValidators } from '../../scoring/validator-trust.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export type FineTuningInput = Record<string, never>;

export interface FineTuningOutput {
  /** Version under `models/main_model/`. */
  readonly version: string;
  /** Conversations in its training set. */
  readonly examples: number;
  /** False when only the training set was made. */
  readonly trained: boolean;
  /** Why nothing was trained; empty when something was. */
  readonly reason: string;
}

/** The best answer to each base prompt, whatever wording got it, as the answer to the plain base prompt. */
const bestAnswers = `
  select base_prompt_idx, base_prompt, model_output, score
  from (
    select p.base_prompt_idx, p.base_prompt, o.model_output, s.score,
      row_number() over (partition by p.base_prompt_idx order by s.score desc, s.prompt_variation_idx, s.sample_idx) as place
    from (
      select base_prompt_idx, prompt_variation_idx, sample_idx,
        avg(${criteriaMean()}) as score
      from validator_scores where run = $run and list_contains($validators, validator)
      group by all having count(${criteriaSum()}) = count(*)
    ) s
    join model_outputs o using (base_prompt_idx, prompt_variation_idx, sample_idx)
    join base_prompts p using (base_prompt_idx)
    where o.run = $run and p.run = $run and p.split = 'train' and s.score >= $minScore and o.error is null and o.finish_reason is distinct from 'length'
  )
  where place <= $maxPerPrompt
  order by base_prompt_idx, place`;

/**
 * Stage 7: the main model is tuned on its own best-scored behaviour. The training set is always made; with the
 * trainer `none` (the only one that needs no weights) training itself is skipped, and the output says so.
 */
export const fineTuneMainModel: Activity<FineTuningInput, FineTuningOutput> = {
  name: 'fineTuneMainModel',
  description:
    "Builds the training set of the main model's best-scored answers, and trains on it where there are weights.",
  taskQueue: 'gpu-training',
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema({}),
  output: objectSchema({
    version: { type: 'string' },
    examples: { type: 'integer' },
    trained: { type: 'boolean' },
    reason: { type: 'string' },
  }),
  async run(_input, { store, run, settings, log }) {
    const { minScore, maxPerPrompt } = settings.fineTuning;
    const validators = await learningValidators({ store, run, settings, log });
    const rows = await store.query(bestAnswers, {
      run: run.runId,
      validators,
      minScore,
      maxPerPrompt,
    });
    const conversations = rows.map((row) => ({
      messages: buildMessages(settings.texts.finetuning_input, ['system', 'user', 'assistant'], {
        prompt: String(row['base_prompt']),
        model_output: String(row['model_output']),
      }),
      score: row['score'],
    }));
    const data = digest(conversations);
    const version = `sft-${digest({ data, config: settings.fineTuning }).slice(0, 12)}`;
    const reason =
      "trainer 'none': the training set was made, but no weights were trained, so there is no fine-tuned arm in the test";
    const manifest: Manifest = {
      role: 'main_model',
      version,
      trainer: settings.fineTuning.trainer,
      run: run.runId,
      settingsDigest: run.settingsDigest,
      seed: run.seed,
      parents: [],
      data: { 'training.jsonl': data },
      simulated: restsOnSimulation(settings),
      note: reason,
    };
    await writeModelVersion(store, manifest, {
      'training.jsonl': conversations.map((conversation) => `${JSON.stringify(conversation)}\n`).join(''),
    });
    log.info({ version, examples: rows.length }, reason);
    return { version, examples: rows.length, trained: false, reason };
  },
};
