import type { Split } from '../../../configs/settings/types.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';
import { fieldsNamedIn } from '../../../configs/checks/texts.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { ledgerRows } from '../../inference/run-shard.ts';
import { digest } from '../../store/digest.ts';
import { generateDrafts, type Asked, type Draft, type ListAnswer } from './prompt-drafts.ts';
import { noEarlierPrompts, readEarlierPrompts, type EarlierPrompts } from './earlier-prompts.ts';
import { withoutNearDuplicates } from '../../wording/near-duplicates.ts';
import { assignSplits } from './splits.ts';
import { createRandom, shuffle } from '../../randomness/random.ts';
import {
  readPromptsFile,
  type PromptsFile,
  type PromptsFileCounts,
  type UserPrompt,
} from './prompts-file.ts';
import { shardSchema } from '../../schemas.ts';
import { Uncacheable } from '../../attempts/task-cache/uncacheable.ts';
import { readTemplate } from '../../imports/read-template.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface BasePromptsInput {
  readonly count: number;
  readonly promptsFile?: string;
  /** A text file of the project: makes the prompts of the columns of `promptsFile` that it names, as `{{input}}`. */
  readonly template?: string;
  /** Share of topics in each split; the four sum to 1. Default: those of base_prompt_config. */
  readonly splits?: { readonly [split in Split]: number };
  /** Continual learning: no prompt like one of an earlier round, and a topic keeps the split it had there. Default false. */
  readonly fresh?: boolean;
}

export interface BasePromptsOutput {
  /** Every shard, in order of base_prompt_idx; a shard never mixes splits. */
  readonly shards: readonly ShardReference[];
  readonly count: number;
  readonly topics: number;
  /** `generated` or `file`. */
  readonly source: string;
  /** What became of the rows of `promptsFile`; absent without one. */
  readonly fileRows?: PromptsFileCounts;
  /** Content of the template's file; absent without one. */
  readonly template?: string;
}

const share = { type: 'number', minimum: 0, maximum: 1 };

/** Stage 1: writes the base prompts from nothing (or reads the user's own), and splits them by topic family. */
export const generateBasePrompts: Activity<BasePromptsInput, BasePromptsOutput> = {
  name: 'generateBasePrompts',
  description:
    'Generates base prompts for the configured domain, or reads them from a file, and splits them by topic.',
  taskQueue: 'gpu-generation',
  cacheable: true,
  input: objectSchema(
    {
      count: { type: 'integer', minimum: 1, description: 'Base prompts to generate.' },
      promptsFile: {
        type: 'string',
        description: 'Read them from this file of the project instead; empty = generate.',
      },
      template: {
        type: 'string',
        description: 'A text file that makes a prompt of each row, with columns of promptsFile as {{input}}.',
      },
      splits: {
        ...objectSchema({ train: share, select: share, gate: share, test: share }),
        description:
          'Share of topics in each split; the four sum to 1. Default: those of base_prompt_config.',
      },
      fresh: {
        type: 'boolean',
        description: 'No prompt like one of an earlier round of continual learning. Default false.',
      },
    },
    ['promptsFile', 'template', 'splits', 'fresh'],
  ),
  output: objectSchema(
    {
      shards: { type: 'array', items: shardSchema },
      count: { type: 'integer' },
      topics: { type: 'integer' },
      source: { type: 'string' },
      template: { type: 'string' },
      fileRows: objectSchema({
        rowCount: { type: 'integer' },
        emptyCount: { type: 'integer' },
        repeatedCount: { type: 'integer' },
      }),
    },
    ['template', 'fileRows'],
  ),
  reads({ promptsFile, template, fresh }) {
    if (fresh === true) throw new Uncacheable("with 'fresh' they depend on all earlier rounds");
    return [...(promptsFile ? [promptsFile] : []), ...(template ? [template] : [])];
  },
  async run(input, context) {
    const { store, run, settings } = context;
    const config = settings.basePrompt;
    const source = input.promptsFile ? 'file' : 'generated';
    const shardName = `base-${digest({ input, settings: run.settingsDigest, seed: run.seed }).slice(0, 16)}`;
    // The journal stays: it is what makes a repeated attempt free even after the shards are committed.
    const journal = await store.openJournal<ListAnswer>({
      table: 'base_prompts',
      run: run.runId,
      shard: shardName,
    });
    const asked: Asked = { journal, entries: new Map(journal.finished), refused: [] };
    try {
      const earlier = input.fresh === true ? await readEarlierPrompts(context) : noEarlierPrompts;
      const sent = fieldsNamedIn(settings.texts.main_model_input);
      if (!input.promptsFile) assertNoneSent(sent);
      const template = input.template ? await readTemplate(input.template, store) : undefined;
      const file = input.promptsFile
        ? await readPromptsFile(input.promptsFile, context.store, sent, template)
        : undefined;
      if (file !== undefined)
        context.log.info({ file: input.promptsFile, ...file.counts }, 'prompts file read');
      const drafts = file
        ? draftsOf(file, input, earlier, context)
        : await generateDrafts(input.count, asked, context, earlier.prompts);
      const topics = [...new Set(drafts.map((draft) => draft.topic))];
      const splits = assignSplits(topics, input.splits ?? config.splits, run.seed, earlier.splits);
      const rows = drafts.map((draft, index): RowOf<'base_prompts'> => ({
        base_prompt_idx: index,
        base_prompt: draft.prompt,
        topic: draft.topic,
        split: splits.get(draft.topic) ?? 'train',
        source,
        fields: draft.fields ?? null,
        model: draft.model,
        seed: draft.seed,
      }));
      const shards = await writeShards(rows, shardName, config.shardSize, context);
      await writeAsked(asked, shardName, context);
      const said = file === undefined ? {} : { fileRows: file.counts };
      const made = template === undefined ? {} : { template };
      return { shards, count: rows.length, topics: splits.size, source, ...said, ...made };
    } catch (failure) {
      // What was asked in vain stands in the report of the run.
      if (!context.signal.aborted)
        await writeAsked(asked, shardName, context).catch((err: unknown) =>
          context.log.warn({ err }, 'what was asked in vain is in no table'),
        );
      throw failure;
    } finally {
      await journal.close();
    }
  },
};

/** Generated prompts have no columns that the main model's text could name. */
function assertNoneSent([field]: readonly string[]): void {
  if (field === undefined) return;
  throw new ActivityError(
    'MISSING_COLUMN',
    `model_input/main_model_input.txt names {{fields.${field}}}, a column of a prompts file, and there is none: give 'promptsFile', or take the placeholder out.`,
  );
}

/** The prompts of the file; for a fresh round at most `count` of those that no earlier one had. */
function draftsOf(
  file: PromptsFile,
  { count, fresh }: BasePromptsInput,
  earlier: EarlierPrompts,
  context: ActivityContext,
): Draft[] {
  const unseen = (): UserPrompt[] =>
    withoutNearDuplicates(file.prompts, earlier.prompts, ({ prompt }) => prompt);
  const prompts =
    fresh === true ? shuffle(unseen(), createRandom(context.run.seed)).slice(0, count) : file.prompts;
  return prompts.map((one) => ({ ...one, model: '', seed: context.run.seed }));
}

/** The ledger of the calls, and what the model wrote and was not taken, for whoever wants to know why there are fewer. */
async function writeAsked(
  { entries, refused }: Asked,
  shard: string,
  { store, run }: ActivityContext,
): Promise<void> {
  const target = { run: run.runId, shard };
  const calls = [...entries.values()].map(({ call }) => call);
  await store.writeShard({ ...target, table: 'model_calls' }, 'all', ledgerRows('base_prompts', calls));
  const rows = refused.map(({ prompt, topic, model, seed }, index): RowOf<'refused_prompts'> => ({
    refusal_idx: index,
    base_prompt: prompt,
    topic,
    reason: 'NOT_A_REQUEST',
    model,
    seed,
  }));
  if (rows.length > 0) await store.writeShard({ ...target, table: 'refused_prompts' }, 'all', rows);
}

async function writeShards(
  rows: readonly RowOf<'base_prompts'>[],
  name: string,
  size: number,
  context: ActivityContext,
): Promise<ShardReference[]> {
  const shards: ShardReference[] = [];
  for (const split of ['train', 'select', 'gate', 'test']) {
    const ofSplit = rows.filter((row) => row['split'] === split);
    for (let from = 0; from < ofSplit.length; from += size) {
      const shard = `${name}-${split}-${String(from / size).padStart(4, '0')}`;
      const target = { table: 'base_prompts', run: context.run.runId, shard } as const;
      shards.push(await context.store.writeShard(target, split, ofSplit.slice(from, from + size)));
    }
  }
  return shards;
}
