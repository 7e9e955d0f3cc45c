import type { Activity, ActivityContext } from '../activity.ts';
import { ActivityError } from '../attempts/errors.ts';
import { parseRubric } from '../../configs/checks/rubric.ts';
import { deriveSeed } from '../randomness/seed.ts';
import { renderLabelPage } from '../report/label-page.ts';
import { criteriaMean } from '../scoring/criteria-sql.ts';
import { createRandom, shuffle } from '../randomness/random.ts';
import { digest } from '../store/digest.ts';
import { fileNameOfRun } from '../store/run-paths.ts';
import type { RowOf } from '../store/tables.ts';
import { drawSample } from './draw-sample.ts';
import { LABEL_FORMS, type LabelForm, type ShownPair } from './label-columns.ts';
import { labelSheet } from './label-sheet.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface AskPeopleInput {
  /** Pairs of answers to ask about; all, if there are no more. */
  readonly pairs: number;
  /** Default `criteria`. */
  readonly form?: LabelForm;
  /** Share of the chances that goes by how far the validators disagree, from 0 to 0.9. Default 0.5. */
  readonly disputed?: number;
  /** The arm that is shown beside the baseline. Default: the one that uses the trained version as `prose optimize` does. */
  readonly arm?: string;
}

export interface AskPeopleOutput {
  /** Pairs that were drawn. */
  readonly pairs: number;
  readonly form: LabelForm;
  /** Paths of the page and of the sheet, relative to the project's root. */
  readonly page: string;
  readonly sheet: string;
}

/** Shard of the sample: a run asks people about one. */
const SHARD = 'sample';

/** Draws the pairs of test answers that people are asked about, and writes the page and the sheet for them. */
export const askPeople: Activity<AskPeopleInput, AskPeopleOutput> = {
  name: 'askPeople',
  description: 'Draws a sample of pairs of test answers for people to label, as a web page and a CSV sheet.',
  taskQueue: 'prose',
  cacheable: 'it writes the page of its run',
  asksNoModel: true,
  input: objectSchema(
    {
      pairs: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Pairs of answers to ask about.' },
      form: {
        type: 'string',
        enum: LABEL_FORMS,
        description: 'Scores by criterion for both answers, or only which is better.',
      },
      disputed: {
        type: 'number',
        minimum: 0,
        maximum: 0.9,
        description: 'Share of the chances that goes by how far the validators disagree.',
      },
      arm: { type: 'string', minLength: 1, description: 'The arm shown beside the baseline.' },
    },
    ['form', 'disputed', 'arm'],
  ),
  output: objectSchema({
    pairs: { type: 'integer' },
    form: { type: 'string', enum: LABEL_FORMS },
    page: { type: 'string' },
    sheet: { type: 'string' },
  }),
  async run({ pairs: count, form = 'criteria', disputed = 0.5, arm: asked }, context) {
    const { store, run, settings, task } = context;
    const arm = asked ?? settings.promptOptimization.trainer;
    const { criteria } = parseRubric(settings.texts.rubric);
    const names = criteria.map(({ name }) => name);
    const random = createRandom(deriveSeed(run.seed, 'people', task));
    const candidates = oneSampleEach(await readCandidates(arm, context), random);
    if (candidates.length === 0) {
      const message = `There are no answers of '${arm}' beside those of the untouched prompts that people could be asked about.`;
      throw new ActivityError('NOTHING_TO_LABEL', message);
    }
    const drawn = drawSample(candidates, { count, disputedShare: disputed, random });
    const rows = shuffle(drawn, random).map(({ pair, probability }) => ({
      shown: pair,
      row: {
        pair: digest({ run: run.runId, task, prompt: pair.basePromptIdx, arm }).slice(0, 12),
        form,
        criteria: JSON.stringify(names),
        base_prompt_idx: pair.basePromptIdx,
        arm,
        sample_idx: pair.sampleIdx,
        is_arm_first: random() < 0.5,
        dispute: pair.dispute,
        probability,
      } satisfies RowOf<'people_pairs'>,
    }));
    await store.writeShard(
      { table: 'people_pairs', run: run.runId, shard: SHARD },
      'test',
      rows.map(({ row }) => row),
    );
    const shown = rows.map(({ shown: { prompt, ofArm, ofBaseline }, row }): ShownPair => {
      const [a, b] = row.is_arm_first ? [ofArm, ofBaseline] : [ofBaseline, ofArm];
      return { pair: row.pair, prompt, a, b };
    });
    const folder = `results/people/${fileNameOfRun(run.runId)}`;
    const [page, sheet] = [`${folder}/labels.html`, `${folder}/labels.csv`];
    await store.writeFile(page, renderLabelPage({ run: run.runId, form, criteria, pairs: shown }));
    await store.writeFile(sheet, labelSheet(form, names, shown));
    return { pairs: shown.length, form, page, sheet };
  },
};

/** Two answers to one base prompt. */
interface AnswerPair {
  readonly basePromptIdx: number;
  readonly topic: string;
  readonly sampleIdx: number;
  readonly prompt: string;
  readonly ofArm: string;
  readonly ofBaseline: string;
  /** Standard deviation of the difference over the validators. */
  readonly dispute: number;
}

async function readCandidates(arm: string, { store, run }: ActivityContext): Promise<AnswerPair[]> {
  const rows = await store.query(
    `with scored as (select *, ${criteriaMean()} as score from test_answers where run = $run)
    select own.base_prompt_idx, own.topic, own.sample_idx, own.base_prompt, own.model_output as of_arm,
      base.model_output as of_baseline, coalesce(stddev_pop(own.score - base.score), 0) as dispute
    from scored own join scored base using (base_prompt_idx, sample_idx, validator)
    where own.arm = $arm and base.arm = 'baseline' and own.model_output is not null and base.model_output is not null
    group by all order by own.base_prompt_idx, own.sample_idx`,
    { run: run.runId, arm },
  );
  return rows.map((row) => ({
    basePromptIdx: Number(row['base_prompt_idx']),
    topic: String(row['topic']),
    sampleIdx: Number(row['sample_idx']),
    prompt: String(row['base_prompt']),
    ofArm: String(row['of_arm']),
    ofBaseline: String(row['of_baseline']),
    dispute: Number(row['dispute']),
  }));
}

/** Of each base prompt one pair, by lot: prompts, not answers, are what is averaged over. */
function oneSampleEach(pairs: readonly AnswerPair[], random: () => number): AnswerPair[] {
  const chosen = new Map<number, AnswerPair>();
  for (const pair of shuffle(pairs, random))
    if (!chosen.has(pair.basePromptIdx)) chosen.set(pair.basePromptIdx, pair);
  return [...chosen.values()].toSorted((one, other) => one.basePromptIdx - other.basePromptIdx);
}
