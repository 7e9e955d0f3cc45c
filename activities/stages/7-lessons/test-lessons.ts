import type { Activity } from '../../activity.ts';
import { criteriaMean, criteriaSum } from '../../scoring/criteria-sql.ts';
import { learningValidators } from '../../scoring/validator-trust.ts';
import { versionFiles } from '../../store/model-registry.ts';
import { taughtLessons, writeTestedLessons } from '../../trainers/lessons.ts';
import { measureLessons } from './lesson-effects.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface LessonTestInput {
  readonly version: string;
  /** Lessons that were tried; with 0 the version keeps what it has found itself. */
  readonly lessons: number;
}

export interface LessonTestOutput {
  readonly version: string;
  readonly tried: number;
  /** As the rewriting model is told, strongest first. */
  readonly taught: readonly string[];
}

/** One row a prompt and lesson: mean scores with it and without, by the validators that scored both. */
const trials = `
  with scored as (
    select base_prompt_idx, prompt_variation_idx, validator, avg(${criteriaMean()}) as score
    from lesson_scores
    where run = $run and list_contains($validators, validator) and ${criteriaSum()} is not null
    group by all
  ),
  untouched as (
    select base_prompt_idx, validator, avg(score) as score from scored where prompt_variation_idx < 0 group by all
  )
  select lesson, topic, base_prompt_idx, avg(scored.score) as with_it, avg(untouched.score) as without
  from scored
  join untouched using (base_prompt_idx, validator)
  join (from lesson_prompts where run = $run) using (base_prompt_idx, prompt_variation_idx)
  join (select base_prompt_idx, topic from base_prompts where run = $run) using (base_prompt_idx)
  where lesson is not null
  group by all
  order by all`;

/** Stage 7: what each lesson did to the prompts that it was tried on, and so what is taught. */
export const testLessons: Activity<LessonTestInput, LessonTestOutput> = {
  name: 'testLessons',
  description:
    'Measures what each lesson did to the prompts it was tried on, and says beside the version what is taught.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema({
    version: { type: 'string', minLength: 1 },
    lessons: { type: 'integer', minimum: 0 },
  }),
  output: objectSchema({
    version: { type: 'string' },
    tried: { type: 'integer' },
    taught: { type: 'array', items: { type: 'string' } },
  }),
  async run({ version, lessons: count }, context) {
    const { store, run, log } = context;
    if (count === 0) return { version, tried: 0, taught: [] };
    const validators = await learningValidators(context);
    const rows = await store.query(trials, { run: run.runId, validators });
    const lessons = measureLessons(
      rows.map((row) => ({
        sentence: String(row['lesson']),
        topic: String(row['topic']),
        withIt: Number(row['with_it']),
        without: Number(row['without']),
      })),
    );
    const taught = taughtLessons(lessons);
    await writeTestedLessons(versionFiles(store, 'prompt_optimization', version), run.runId, lessons);
    log.info({ version, tried: lessons.length, taught }, 'lessons were tried');
    return { version, tried: lessons.length, taught };
  },
};
