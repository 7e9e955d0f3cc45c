import { panelOf } from '../../../configs/settings/panel.ts';
import { fillTemplate } from '../../../configs/settings/approaches.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import { runShard, type ItemOutcome } from '../../inference/run-shard.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { rewrite } from '../../rewriting/rewrite.ts';
import { shardSchema } from '../../schemas.ts';
import { createRandom, shuffle } from '../../randomness/random.ts';
import { digest } from '../../store/digest.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';
import { openVersion } from '../../trainers/index.ts';
import type { LessonCandidate } from '../../trainers/lessons.ts';
import { chooseCandidates, UNTOUCHED_TIMES } from './choose-candidates.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface LessonPlanInput {
  /** The trained version whose rewriting model is to be taught. */
  readonly version: string;
  /** Training prompts that each lesson is tried on; 0 = none is tried. */
  readonly prompts: number;
}

export interface LessonPlanOutput {
  /** The shard of lesson_prompts; none where nothing is tried. */
  readonly shards: readonly ShardReference[];
  readonly lessons: number;
  /** The validators that are asked: those that learning may hear. */
  readonly validators: readonly number[];
}

interface Item {
  readonly basePromptIdx: number;
  readonly basePrompt: string;
  /** Below 0 = the untouched prompt. */
  readonly variationIdx: number;
  readonly candidate: LessonCandidate | null;
}

/** Stage 7: writes, for each lesson worth a trial, training prompts into which just that wording is put. */
export const planLessons: Activity<LessonPlanInput, LessonPlanOutput> = {
  name: 'planLessons',
  description:
    'Chooses the lessons that are worth a trial, and puts the wording of each, and nothing else, into training prompts.',
  taskQueue: 'gpu-generation',
  cacheable: 'it reads a version of a model, which may be another one next time',
  input: objectSchema({
    version: { type: 'string', minLength: 1 },
    prompts: { type: 'integer', minimum: 0 },
  }),
  output: objectSchema({
    shards: { type: 'array', items: shardSchema },
    lessons: { type: 'integer' },
    validators: { type: 'array', items: { type: 'integer' } },
  }),
  async run({ version, prompts: count }, context) {
    const { run, settings, log } = context;
    const panel = panelOf(settings.validatorModel);
    const validators = panel.validators.filter((validator) => panel.teachers.includes(validator));
    const candidates = count === 0 ? [] : await findCandidates(version, context);
    if (candidates.length === 0) return { shards: [], lessons: 0, validators };
    const prompts = await drawPrompts(count, context);
    const items = prompts.flatMap((prompt) => [
      ...Array.from({ length: UNTOUCHED_TIMES }, (_, time): Item => ({
        ...prompt,
        variationIdx: -1 - time,
        candidate: null,
      })),
      ...candidates.map((candidate, variationIdx): Item => ({ ...prompt, variationIdx, candidate })),
    ]);
    const name = digest({ version, count, settings: run.settingsDigest, candidates }).slice(0, 16);
    const shard = await runShard({
      context,
      stage: 'lesson_prompts',
      name: { table: 'lesson_prompts', run: run.runId, shard: `lessons-${name}` },
      split: 'train',
      unit: 'prompts',
      items,
      concurrency: settings.promptVariation.request.concurrency,
      keyOf,
      call: change,
    });
    log.info(
      { lessons: candidates.length, prompts: prompts.length },
      'lessons are tried on training prompts',
    );
    return { shards: [shard], lessons: candidates.length, validators };
  },
};

async function findCandidates(
  version: string,
  { store, run, settings }: ActivityContext,
): Promise<LessonCandidate[]> {
  const { rewriter } = await openVersion(store, version);
  const pairs = await store.query(
    "select chosen_approach, rejected_approach, probability, weight from pairs where run = $run and split = 'train' order by all",
    { run: run.runId },
  );
  const textOrNull = (cell: unknown): string | null => (typeof cell === 'string' ? cell : null);
  return chooseCandidates(
    pairs.map((row) => ({
      chosenApproach: textOrNull(row['chosen_approach']),
      rejectedApproach: textOrNull(row['rejected_approach']),
      probability: Number(row['probability']),
      weight: Number(row['weight']),
    })),
    settings.promptVariation.approaches,
    rewriter.candidates ?? [],
  );
}

/** Training prompts by lot, of as many topics as there are. */
async function drawPrompts(
  count: number,
  { store, run }: ActivityContext,
): Promise<Pick<Item, 'basePromptIdx' | 'basePrompt'>[]> {
  const rows = await store.query(
    "select base_prompt_idx, base_prompt, topic from base_prompts where run = $run and split = 'train' order by base_prompt_idx",
    { run: run.runId },
  );
  const places = new Map<unknown, number>();
  return shuffle(rows, createRandom(run.seed))
    .map((row) => {
      const place = places.get(row['topic']) ?? 0;
      places.set(row['topic'], place + 1);
      return { row, place };
    })
    .toSorted((one, other) => one.place - other.place)
    .slice(0, count)
    .map(({ row }) => ({
      basePromptIdx: Number(row['base_prompt_idx']),
      basePrompt: String(row['base_prompt']),
    }))
    .toSorted((one, other) => one.basePromptIdx - other.basePromptIdx);
}

function keyOf({ basePromptIdx, variationIdx }: Item): string {
  return `${basePromptIdx}:${variationIdx}`;
}

async function change(item: Item, context: ActivityContext): Promise<ItemOutcome<'lesson_prompts'>> {
  const { basePromptIdx, basePrompt, variationIdx, candidate } = item;
  const row: RowOf<'lesson_prompts'> = {
    base_prompt_idx: basePromptIdx,
    prompt_variation_idx: variationIdx,
    prompt_variation: basePrompt,
    lesson: candidate?.sentence ?? null,
    error: null,
    error_message: null,
    model: '',
    seed: 0,
  };
  if (candidate === null) return { rows: [row], calls: [] };
  const { change: how } = candidate;
  if ('template' in how)
    return { rows: [{ ...row, prompt_variation: fillTemplate(how.template, basePrompt) }], calls: [] };
  const { settings, run } = context;
  const seed = deriveSeed(run.seed, 'lesson_prompts', basePromptIdx, variationIdx);
  const made = await rewrite(context, {
    role: 'prompt_variation',
    config: settings.promptVariation,
    text: settings.texts.prompt_variation_input,
    values: { base_prompt: basePrompt, approach: how.instruction },
    seed,
    key: keyOf(item),
  });
  const told = { error: made.error, error_message: made.errorMessage };
  const changed = {
    ...row,
    ...told,
    prompt_variation: made.prompt,
    model: settings.promptVariation.model.name,
    seed,
  };
  return { rows: [changed], calls: made.calls };
}
