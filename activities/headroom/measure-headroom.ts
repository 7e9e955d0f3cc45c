import { criteriaMean, criteriaSum } from '../scoring/criteria-sql.ts';
import { countMissingScores } from '../scoring/missing-scores.ts';
import { learningValidators } from '../scoring/validator-trust.ts';
import { evaluationFolder } from '../store/run-paths.ts';
import type { Activity } from '../activity.ts';
import { measureHeadroom as measure, UNTOUCHED, type Headroom, type HeadroomDecision } from './headroom.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface MeasureHeadroomInput {
  /** Points below which a gain is not worth a run. */
  readonly worthwhile: number;
}

export interface MeasureHeadroomOutput {
  readonly decision: HeadroomDecision;
  readonly reason: string;
  /** Most points to be gained, as far as the trial can tell. */
  readonly most: number;
  /** Model calls that the trial made. */
  readonly calls: number;
  /** Path below the data folder: all figures. */
  readonly figures: string;
}

const trialScores = `
  select s.base_prompt_idx as prompt, p.topic, s.sample_idx as sample, s.validator as judge,
    case when v.prompt_variation_idx < 0 then '${UNTOUCHED}' else coalesce(v.approach, v.prompt_variation_idx::varchar) end as wording,
    ${criteriaMean('s')} as score
  from validator_scores s
  join prompt_variations v using (base_prompt_idx, prompt_variation_idx)
  join base_prompts p using (base_prompt_idx)
  where s.run = $run and v.run = $run and p.run = $run and list_contains($validators, s.validator)
    and ${criteriaSum('s')} is not null
  order by all`;

/** After a trial: go, stop, or mend the rubric first, with the figures that say so. */
export const measureHeadroom: Activity<MeasureHeadroomInput, MeasureHeadroomOutput> = {
  name: 'measureHeadroom',
  description:
    'Says how much better another wording could make the answers at most, and whether a run is worth it.',
  taskQueue: 'prose',
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema({
    worthwhile: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 4,
      description: 'Points below which a gain is not worth a run.',
    },
  }),
  output: objectSchema({
    decision: { enum: ['go', 'stop', 'mend the rubric first', 'cannot tell'] },
    reason: { type: 'string' },
    most: { type: 'number' },
    calls: { type: 'integer' },
    figures: { type: 'string' },
  }),
  async run({ worthwhile }, context) {
    const { store, run, log } = context;
    const [missing, validators] = [await countMissingScores(context), await learningValidators(context)];
    const rows = await store.query(trialScores, { run: run.runId, validators });
    const measured = measure(
      rows.map((row) => ({
        prompt: Number(row['prompt']),
        topic: String(row['topic']),
        wording: String(row['wording']),
        sample: Number(row['sample']),
        judge: Number(row['judge']),
        score: Number(row['score']),
      })),
      worthwhile,
    );
    const headroom: Headroom =
      missing.areTooMany || validators.length === 0
        ? { ...measured, ...cannotJudge(missing.share) }
        : measured;
    const [spent] = await store.query('select count(*)::integer as calls from model_calls where run = $run', {
      run: run.runId,
    });
    const calls = Number(spent?.['calls'] ?? 0);
    const figures = `${evaluationFolder(run.runId)}/headroom.json`;
    await store.writeFile(figures, `${JSON.stringify({ ...headroom, worthwhile, calls }, null, 2)}\n`);
    log.info({ ...headroom, calls }, headroom.reason);
    return { decision: headroom.decision, reason: headroom.reason, most: headroom.most, calls, figures };
  },
};

function cannotJudge(share: number): Pick<Headroom, 'decision' | 'reason'> {
  return {
    decision: 'mend the rubric first',
    reason: `The judges cannot be relied on: ${(100 * share).toFixed(0)}% of their scores are missing, or none of them is believed.`,
  };
}
