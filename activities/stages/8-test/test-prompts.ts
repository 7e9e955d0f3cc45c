import type { Activity, ActivityContext } from '../../activity.ts';
import type { Settings } from '../../../configs/settings/types.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';
import { readPromptFields } from '../../imports/prompt-fields.ts';
import { runShard } from '../../inference/run-shard.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { digest } from '../../store/digest.ts';
import type { OpenedVersion } from '../../trainers/index.ts';
import { rank, type Rewriter } from '../../trainers/rewriter.ts';
import { openOptimizer } from '../../rewriting/open-optimizer.ts';
import { settingsOfVersion } from '../../rewriting/champion-settings.ts';
import { armsOf, control, isTuned, reigning, type ArmKind } from './arms.ts';
import { rewriteHeldOut } from '../../rewriting/held-out-rewrite.ts';
import { shardSchema } from '../../schemas.ts';
import { chooseUntrained } from './untrained-arm.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface TestPromptsInput {
  /** A shard of base_prompts of the `test` split. */
  readonly shard: ShardReference;
  /** Version of the prompt-optimization model under test. */
  readonly version: string;
  /** Whether to test, too, what is gained by spending as much without learning. Default: no. */
  readonly control?: boolean;
  /** Version of the reigning champion, which is tested beside it with as many rewritings; empty = there is none. Default: none. */
  readonly champion?: string;
  /** Version of the fine-tuned main model, which answers in arms of its own; empty = there is none. Default: none. */
  readonly tuned?: string;
}

/** Makes some of the rewritings of a shard. */
interface Optimizer {
  readonly kind: 'trained' | 'untrained' | 'champion';
  readonly rewriter: Rewriter | null;
  readonly settings: Settings;
}

/** What the rewritings of a shard are made with. */
interface Rewriting {
  readonly basePrompts: readonly RowOf<'base_prompts'>[];
  readonly split: string;
  /** Part of the name of every shard that is made. */
  readonly name: string;
  readonly opened: OpenedVersion;
  /** Version of the fine-tuned main model. */
  readonly tuned: string | null;
  /** Each makes as many rewritings, and their numbers follow one another in this order. Durable. */
  readonly optimizers: readonly Optimizer[];
}

/** Stage 8: every arm's prompt for each held-out base prompt: untouched, rewritten once, best of the rewritings, and the control's. */
export const optimizeTestPrompts: Activity<TestPromptsInput, ShardReference> = {
  name: 'optimizeTestPrompts',
  description: 'Makes the prompts of every arm of the test from held-out base prompts.',
  taskQueue: 'gpu-generation',
  cacheable: 'it reads a version of a model, which may be another one next time',
  input: objectSchema(
    {
      shard: shardSchema,
      version: { type: 'string', minLength: 1 },
      control: { type: 'boolean' },
      champion: { type: 'string' },
      tuned: { type: 'string' },
    },
    ['control', 'champion', 'tuned'],
  ),
  output: shardSchema,
  async run({ shard, version, control: hasControl = false, champion = '', tuned = '' }, context) {
    const { store, run, settings } = context;
    const opened = await openOptimizer(context, version, settings);
    const made = {
      shard: shard.shard,
      version,
      hasControl,
      champion,
      ...(tuned !== '' && { tuned }),
      settings: run.settingsDigest,
    };
    const rewriting: Rewriting = {
      basePrompts: await store.readRows('base_prompts', shard),
      split: shard.split,
      name: digest(made).slice(0, 16),
      opened,
      tuned: tuned === '' ? null : tuned,
      optimizers: [
        { kind: 'trained', rewriter: opened.rewriter, settings: opened.settings },
        ...(hasControl ? [{ kind: control, rewriter: null, settings } as const] : []),
        ...(champion === '' ? [] : [await openChampion(champion, context)]),
      ],
    };
    const rewrites = await store.readRows('test_rewrites', await writeRewrites(rewriting, context));
    const { rewrites: count } = settings.promptOptimization;
    const of = (basePrompt: RowOf<'base_prompts'>, kind: Optimizer['kind']): RowOf<'test_rewrites'>[] =>
      rewrites.filter(
        (row) =>
          row['base_prompt_idx'] === basePrompt['base_prompt_idx'] &&
          rewriting.optimizers[Math.floor(row['rewrite_idx'] / count)]?.kind === kind,
      );
    const choices = hasControl
      ? await store.readRows(
          'test_choices',
          await chooseUntrained(rewriting.basePrompts, (one) => of(one, control), rewriting, context),
        )
      : [];
    const rows = rewriting.basePrompts.flatMap((basePrompt) => {
      const choice = choices.find((row) => row['base_prompt_idx'] === basePrompt['base_prompt_idx']);
      return armRows(basePrompt, (kind) => of(basePrompt, kind), rewriting, choice);
    });
    return store.writeShard(
      { table: 'test_prompts', run: run.runId, shard: `arms-${rewriting.name}` },
      shard.split,
      rows,
    );
  },
};

/** The champion with what it was tested with: its text and sampling. */
async function openChampion(version: string, context: ActivityContext): Promise<Optimizer> {
  const own = await settingsOfVersion(context.store, 'prompt_optimization', version, context.settings);
  return { kind: reigning, ...(await openOptimizer(context, version, own)) };
}

/** The trained optimizer's rewritings of each base prompt, numbered from 0, and after them as many of the control and of the champion. */
async function writeRewrites(
  { basePrompts, split, name, optimizers }: Rewriting,
  context: ActivityContext,
): Promise<ShardReference> {
  const config = context.settings.promptOptimization;
  const count = config.rewrites * optimizers.length;
  return runShard({
    context,
    stage: 'test_rewrites',
    name: { table: 'test_rewrites', run: context.run.runId, shard: `rewrites-${name}` },
    split,
    unit: 'rewrites',
    items: basePrompts.flatMap((row) => {
      const fields = readPromptFields(row['fields']);
      return Array.from({ length: count }, (_, rewriteIdx) => ({ row, fields, rewriteIdx }));
    }),
    concurrency: config.request.concurrency,
    keyOf: ({ row, rewriteIdx }) => `${String(row['base_prompt_idx'])}:${rewriteIdx}`,
    call: ({ row, fields, rewriteIdx }, own) => {
      const basePromptIdx = row['base_prompt_idx'];
      const optimizer = optimizers[Math.floor(rewriteIdx / config.rewrites)];
      return rewriteHeldOut(
        {
          basePromptIdx,
          basePrompt: String(row['base_prompt']),
          fields,
          rewriteIdx,
          index: rewriteIdx % config.rewrites,
          rewriter: optimizer?.rewriter ?? null,
          settings: optimizer?.settings ?? context.settings,
          seed: deriveSeed(context.run.seed, 'test_rewrites', basePromptIdx, rewriteIdx),
          key: `${basePromptIdx}:${rewriteIdx}`,
        },
        own,
      );
    },
  });
}

/** An arm of which no rewriting can be used has the untouched prompt, and says so. */
function armRows(
  basePrompt: RowOf<'base_prompts'>,
  of: (kind: Optimizer['kind']) => readonly RowOf<'test_rewrites'>[],
  { opened: { trainer, rewriter }, optimizers, tuned }: Rewriting,
  choice: RowOf<'test_choices'> | undefined,
): RowOf<'test_prompts'>[] {
  const untouched = String(basePrompt['base_prompt']);
  const fields = readPromptFields(basePrompt['fields']);
  const trained = of('trained');
  const usable = textsOf(trained);
  const champion = optimizers.find(({ kind }) => kind === reigning)?.rewriter;
  const best = (by: Rewriter, texts: readonly string[]): string =>
    rank(by, untouched, texts, fields)[0]?.prompt ?? untouched;
  const chosen = of(control).filter((row) => row['rewrite_idx'] === choice?.['rewrite_idx']);
  const promptOf: { readonly [kind in ArmKind]: string } = {
    baseline: untouched,
    rewriter: usable[0] ?? untouched,
    trained: best(rewriter, usable),
    untrained: textsOf(chosen)[0] ?? untouched,
    champion: champion ? best(champion, textsOf(of(reigning))) : untouched,
    tuned: untouched,
    both: best(rewriter, usable),
  };
  const rewritingsOf: { readonly [kind in ArmKind]: readonly RowOf<'test_rewrites'>[] | undefined } = {
    baseline: undefined,
    rewriter: trained,
    trained,
    untrained: of(control),
    champion: of(reigning),
    tuned: undefined,
    both: trained,
  };
  return (
    armsOf(trainer)
      .filter(({ kind }) => kind !== control || choice !== undefined)
      .filter(({ kind }) => kind !== reigning || champion !== undefined)
      .filter(({ name }) => tuned !== null || !isTuned(name))
      // What writes by itself, or ranks nothing, puts its best first: unranked, it would say the same.
      .filter(({ kind }) => kind !== 'rewriter' || !(rewriter.write !== undefined || rewriter.isAdapter))
      .map(({ kind, name, index }) => {
        const made = rewritingsOf[kind];
        return {
          base_prompt_idx: basePrompt.base_prompt_idx,
          prompt_variation_idx: index,
          prompt_variation: promptOf[kind],
          arm: name,
          adapter: isTuned(name) ? tuned : null,
          error: made !== undefined && textsOf(made).length === 0 ? 'NO_REWRITE' : null,
          model: '',
          seed: 0,
        };
      })
  );
}

function textsOf(rewrites: readonly RowOf<'test_rewrites'>[]): string[] {
  return rewrites.map((row) => row['rewrite']).filter((text) => typeof text === 'string');
}
