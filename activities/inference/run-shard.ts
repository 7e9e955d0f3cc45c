/** How every stage that calls models makes a shard: what is finished stays finished, whatever happens to the attempt. */
import type { Role, RoleConfig } from '../../configs/settings/types.ts';
import type { ActivityContext } from '../activity.ts';
import type { ShardName } from '../store/store.ts';
import { tables, type RowOf, type ShardReference, type TableName } from '../store/tables.ts';
import { mapConcurrently } from '../concurrency/map-concurrently.ts';
import { keepAnswers, type KeptAnswer } from './kept-answers.ts';
import type { ChatAnswer } from './model-client.ts';
import type { ModelError } from './model-error.ts';
import { refusalOf, RefusedRows } from './refused-rows.ts';

/** One call in the ledger: the columns of the table `model_calls` but `stage`. */
export type CallRecord = {
  /** Unique among the calls of a stage and run. */
  readonly call_key: string;
  readonly role: Role;
  readonly model: string;
  readonly endpoint: string;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** Of the completion's: those that were thought before the answer. */
  readonly thinking_tokens: number;
  /** Whether the server did not count the tokens, so that they go by the length of the texts. */
  readonly tokens_estimated: boolean;
  readonly seconds: number | null;
  readonly requests: number;
  /** Whether the answer was kept from an earlier call: it took no time and its tokens were not paid for again. */
  readonly cached: boolean;
  /** Code of the `ModelError`; null for a whole answer. */
  readonly error: string | null;
  /** What was wrong, as the server says it. */
  readonly error_message: string | null;
  /** Why the stage did not use a whole answer; null if it did. Absent in journals of earlier versions, as the next. */
  readonly refused_as?: string | null;
  /** What the model wrote, where nothing of it was used: cut off, broken or refused. Never scored, paired or trained on. */
  readonly unused_text?: string | null;
};

/** What became of one item. An item that failed for good has rows that say so; it does not throw. */
export interface ItemOutcome<Name extends TableName> {
  readonly rows: readonly RowOf<Name>[];
  readonly calls: readonly CallRecord[];
}

/** An item that is done, or what models answered for one that failed half-way. Durable. */
type JournalEntry<Name extends TableName> = ItemOutcome<Name> | { readonly answers: readonly KeptAnswer[] };

/** What making a shard takes. */
export type ShardContext = Pick<ActivityContext, 'run' | 'store' | 'log' | 'signal' | 'heartbeat' | 'models'>;

export interface ShardWork<Item, Name extends TableName, Context extends ShardContext = ActivityContext> {
  readonly context: Context;
  /** Goes into the ledger beside each call. */
  readonly stage: string;
  /** Named by the digest of all that its rows depend on. */
  readonly name: ShardName<Name>;
  readonly split: string;
  /** What the items are, in plural, for the progress. */
  readonly unit: string;
  readonly items: readonly Item[];
  /** Items in flight at once. */
  readonly concurrency: number;
  /** Unique among the items, and the same in every attempt. */
  readonly keyOf: (item: Item) => string;
  /**
   * Does one item, with the context's models as they are for this item. What it throws fails the attempt: an error that trying
   * the whole activity again may mend; what the models had answered by then is kept for that.
   */
  readonly call: (item: Item, context: Context) => Promise<ItemOutcome<Name>>;
}

/**
 * Makes a shard and its ledger (a `model_calls` shard of the same name), and returns the shard. A committed shard is
 * returned at once; items that an earlier attempt finished are taken from the journal. After the first error no
 * further item starts, those in flight are finished and journalled, then the error is thrown. The shard's outcomes are
 * held in memory until it is committed: the definitions give it tens to hundreds of prompts, so that is some megabytes.
 * @throws ActivityError with the code of a refusal that all of the shard's calls met (`refused-rows.ts`)
 */
export async function runShard<Item, Name extends TableName, Context extends ShardContext>(
  work: ShardWork<Item, Name, Context>,
): Promise<ShardReference> {
  const { name, split, unit, items, keyOf } = work;
  const { store, heartbeat, log, signal } = work.context;
  const committed = await store.findShard(name);
  if (committed !== undefined) return committed;

  const journal = await store.openJournal<JournalEntry<Name>>(name);
  const { outcomes, begun } = readJournal(journal.finished);
  const finished = whatCounts(withAllColumns(name.table, outcomes));
  const refused = new RefusedRows(unit);
  // In the items' order, and without what a journal may hold besides.
  const inOrder = (): ItemOutcome<Name>[] =>
    items.map((item) => finished.get(keyOf(item))).filter((outcome) => outcome !== undefined);
  const writeLedger = async (): Promise<void> => {
    const calls = inOrder().flatMap((outcome) => outcome.calls);
    await store.writeShard({ ...name, table: 'model_calls' }, split, ledgerRows(work.stage, calls));
  };
  try {
    for (const outcome of finished.values()) refused.add(outcome);
    if (journal.damagedLines > 0) {
      log.warn(
        { shard: name.shard, damagedLines: journal.damagedLines },
        'journal has lines that cannot be read',
      );
    }
    const open = items.filter((item) => !finished.has(keyOf(item)));
    const progress = (): void =>
      heartbeat({ done: items.length - open.length + done, total: items.length, unit });
    let done = 0;
    progress();
    await mapConcurrently(open, work.concurrency, signal, async (item) => {
      const key = keyOf(item);
      const { models, kept } = keepAnswers(work.context.models, begun.get(begunKey(key)));
      const outcome = await work.call(item, { ...work.context, models }).catch(async (failure: unknown) => {
        const answers = kept();
        if (answers.length > 0) await journal.append(begunKey(key), { answers });
        throw failure;
      });
      await journal.append(key, outcome);
      finished.set(key, outcome);
      done += 1;
      progress();
      refused.add(outcome);
    });
    refused.assertSomeAnswered();
  } catch (failure) {
    // What was asked in vain stands in the report of the run. An attempt that was called off may have a successor already.
    if (!signal.aborted)
      await writeLedger().catch((err: unknown) => log.warn({ err }, 'what was asked in vain is in no table'));
    throw failure;
  } finally {
    await journal.close();
  }

  // The ledger first: a committed shard is never looked at again.
  await writeLedger();
  const shard = await store.writeShard(
    name,
    split,
    inOrder().flatMap((outcome) => outcome.rows),
  );
  await store.removeJournal(name);
  return shard;
}

/** The calls of a stage as rows of the table `model_calls`. */
export function ledgerRows(stage: string, calls: readonly CallRecord[]): RowOf<'model_calls'>[] {
  return calls.map((call) => ({ stage, refused_as: null, unused_text: null, ...call }));
}

/** Another than that of the outcome, so that an attempt beside this one, which does the item, is not undone. */
function begunKey(key: string): string {
  return `begun:${key}`;
}

function readJournal<Name extends TableName>(
  entries: ReadonlyMap<string, JournalEntry<Name>>,
): { readonly outcomes: Map<string, ItemOutcome<Name>>; readonly begun: Map<string, readonly KeptAnswer[]> } {
  const outcomes = new Map<string, ItemOutcome<Name>>();
  const begun = new Map<string, readonly KeptAnswer[]>();
  for (const [key, entry] of entries) {
    if ('answers' in entry) begun.set(key, entry.answers);
    else outcomes.set(key, entry);
  }
  return { outcomes, begun };
}

/** An attempt of an earlier version knew fewer columns: they are null, as in its files. */
function withAllColumns<Name extends TableName>(
  table: Name,
  journalled: ReadonlyMap<string, ItemOutcome<Name>>,
): ReadonlyMap<string, ItemOutcome<Name>> {
  const nulls = Object.fromEntries(Object.keys(tables[table].columns).map((column) => [column, null]));
  return new Map(
    [...journalled].map(([key, outcome]) => [
      key,
      { ...outcome, rows: outcome.rows.map((row) => ({ ...nulls, ...row })) },
    ]),
  );
}

/** Of an attempt in which every row was refused nothing counts: why it failed may have been mended since. */
function whatCounts<Name extends TableName>(
  journalled: ReadonlyMap<string, ItemOutcome<Name>>,
): Map<string, ItemOutcome<Name>> {
  const asked = [...journalled.values()].filter(({ calls }) => calls.length > 0);
  const isAllRefused = asked.length > 0 && asked.every((outcome) => refusalOf(outcome) !== undefined);
  return isAllRefused ? new Map() : new Map(journalled);
}

/**
 * The ledger's row of a call that was answered.
 * @param refusedAs why nothing of the answer is used, as a code. Default: it is used.
 */
export function callRecord(
  role: Role,
  key: string,
  answer: ChatAnswer,
  refusedAs: string | null = null,
): CallRecord {
  return {
    call_key: key,
    role,
    model: answer.model,
    endpoint: answer.endpoint,
    prompt_tokens: answer.promptTokens,
    completion_tokens: answer.completionTokens,
    thinking_tokens: answer.thinkingTokens,
    tokens_estimated: answer.tokensAreEstimated,
    seconds: answer.cached === true ? null : answer.seconds,
    requests: answer.requests,
    cached: answer.cached === true,
    error: null,
    error_message: null,
    refused_as: refusedAs,
    unused_text: refusedAs === null ? null : answer.text,
  };
}

/** The ledger's row of a call that gave no whole answer. */
export function failedCallRecord(role: Role, key: string, config: RoleConfig, error: ModelError): CallRecord {
  const { answer } = error;
  return {
    call_key: key,
    role,
    model: answer?.model ?? config.model.name,
    endpoint: error.endpoint,
    prompt_tokens: answer?.promptTokens ?? 0,
    completion_tokens: answer?.completionTokens ?? 0,
    thinking_tokens: answer?.thinkingTokens ?? 0,
    tokens_estimated: answer?.tokensAreEstimated ?? false,
    seconds: answer?.seconds ?? null,
    requests: error.requests,
    cached: false,
    error: error.code,
    error_message: error.message,
    refused_as: null,
    unused_text: answer?.text ?? null,
  };
}
