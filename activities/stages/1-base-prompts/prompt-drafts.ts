/** Base prompts from nothing: topic families of the domain first, then requests about each. */
import type { ActivityContext } from '../../activity.ts';
import type { Journal } from '../../store/store.ts';
import type { CallRecord } from '../../inference/run-shard.ts';
import { ActivityError } from '../../attempts/errors.ts';
import type { Fields } from '../../../definitions/documents/fields.ts';
import type { ChatCall } from '../../inference/model-client.ts';
import { ModelError } from '../../inference/model-error.ts';
import { callRecord, failedCallRecord } from '../../inference/run-shard.ts';
import { parseJsonAnswer } from '../../inference/texts/parse-json-answer.ts';
import { buildMessages } from '../../inference/texts/render.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { isWellFormed } from '../../../definitions/documents/well-formed-text.ts';
import { mapConcurrently } from '../../concurrency/map-concurrently.ts';
import { keepDistinct, withoutNearDuplicates } from '../../wording/near-duplicates.ts';
import { isRequest } from '../../wording/request.ts';
import { stringListSchema } from '../../schemas.ts';

/** A base prompt before it has an index. */
export interface Draft {
  readonly topic: string;
  readonly prompt: string;
  /** As `UserPrompt.fields`. */
  readonly fields?: string;
  readonly model: string;
  readonly seed: number;
}

/** Asks beyond the first for topics, and for prompts of a topic that came up short. */
const maxRounds = 4;
/** Of a topic or a request, which is a sentence or two; what a schema cuts there is none. */
const MAX_CHARS = 1000;
/** Topics asked for in one call: longer lists repeat themselves and get cut off. */
const topicsPerCall = 20;

/** One answered call for a list. */
export interface ListAnswer {
  readonly list: readonly string[];
  readonly call: CallRecord;
  readonly seed: number;
}

/** The answers so far: those of earlier attempts and those of this one. */
export interface Asked {
  readonly journal: Journal<ListAnswer>;
  readonly entries: Map<string, ListAnswer>;
  /** What was written and is no request; grows while prompts are generated. */
  readonly refused: Draft[];
}

/**
 * `count` distinct requests in topic order, spread evenly over the topics. What `asked` already has is not asked again.
 *
 * @param earlier prompts that none may be like.
 * @throws ActivityError `TOO_FEW_TOPICS`, `TOO_FEW_PROMPTS`
 */
export async function generateDrafts(
  count: number,
  asked: Asked,
  context: ActivityContext,
  earlier: readonly string[] = [],
): Promise<readonly Draft[]> {
  const config = context.settings.basePrompt;
  const topics = await generateTopics(Math.ceil(count / config.promptsPerTopic), asked, context);
  const kept: Draft[] = [];
  const { refused } = asked;
  // Where the model knows fewer topics than were wanted, each gets more prompts.
  const perTopic = Math.max(config.promptsPerTopic, Math.ceil(count / topics.length));
  for (let round = 0; round < maxRounds && kept.length < count; round++) {
    const wanted = shortfall(topics, kept, perTopic, round);
    const lists = await mapConcurrently(
      wanted,
      config.request.concurrency,
      context.signal,
      async ({ topic, missing }) => {
        const entry = await ask(
          'prompts',
          `${round}:${topic}`,
          { topic, count: String(missing) },
          asked,
          context,
        );
        return entry.list.map((prompt): Draft => ({
          topic,
          prompt,
          model: entry.call.model ?? '',
          seed: entry.seed,
        }));
      },
    );
    const written = lists.flat();
    // The model writes in the language of its texts and of what it has written so far.
    const around = [config.domain, ...written.map(({ prompt }) => prompt)].join('\n');
    const requests = written.filter(({ prompt }) => isRequest(prompt, around));
    refused.push(...written.filter((draft) => !requests.includes(draft)));
    const distinct = withoutNearDuplicates([...kept, ...requests], earlier, ({ prompt }) => prompt);
    // A model that has nothing more to say in a whole round is not paid for another.
    const isSpent = round > 0 && distinct.length === kept.length;
    kept.splice(0, kept.length, ...distinct);
    context.heartbeat({ done: Math.min(kept.length, count), total: count, unit: 'prompts' });
    if (isSpent) break;
  }
  if (kept.length < count) {
    throw new ActivityError(
      'TOO_FEW_PROMPTS',
      `The base-prompt model wrote ${kept.length} distinct requests where ${count} were asked for` +
        `${refused.length === 0 ? '' : ` (and ${refused.length} texts that ask for nothing, e.g. ${JSON.stringify(refused[0]?.prompt.slice(0, 80))})`}.${failuresOf(asked)} ` +
        'Ask for fewer, raise promptsPerTopic, or widen the domain in configs/base_prompt_config.yaml.',
    );
  }
  return spreadOverTopics(kept, topics, count);
}

async function generateTopics(count: number, asked: Asked, context: ActivityContext): Promise<string[]> {
  let topics: string[] = [];
  const calls = Math.ceil(count / topicsPerCall);
  for (let round = 0; round < maxRounds * calls + maxRounds && topics.length < count; round++) {
    const wanted = Math.min(topicsPerCall, count);
    const entry = await ask('topics', String(round), { count: String(wanted) }, asked, context);
    topics = keepDistinct([...topics, ...entry.list], (topic) => topic).slice(0, count);
    context.heartbeat({ done: topics.length, total: count, unit: 'topics' });
  }
  if (topics.length < Math.min(4, count)) {
    throw new ActivityError(
      'TOO_FEW_TOPICS',
      `The base-prompt model named ${topics.length} distinct topics where ${count} were asked for; ` +
        `at least 4 are needed to split them into train, select, gate and test.${failuresOf(asked)}`,
    );
  }
  return topics;
}

/** What was wrong with answers that are none, if any were. */
function failuresOf({ entries }: Asked): string {
  const failed = [...entries.values()].flatMap(({ call }) => call.error_message ?? []);
  const last = failed.at(-1);
  return last === undefined
    ? ''
    : ` ${failed.length} of ${entries.size} answers were none, the last one because ${last}`;
}

/** One journalled call for a list of strings; an answer that is no list counts as an empty one. */
async function ask(
  kind: 'topics' | 'prompts',
  key: string,
  values: { readonly count: string; readonly topic?: string },
  asked: Asked,
  context: ActivityContext,
): Promise<ListAnswer> {
  const journalKey = `${kind}:${key}`;
  const finished = asked.entries.get(journalKey);
  if (finished) return finished;
  const config = context.settings.basePrompt;
  const seed = deriveSeed(context.run.seed, 'base_prompts', journalKey);
  const request: ChatCall = {
    role: 'base_prompt',
    config,
    messages: buildMessages(context.settings.texts.base_prompt_input, ['system', kind], {
      domain: config.domain,
      ...values,
    }),
    seed,
    schema: { name: kind, schema: stringListSchema(kind, Number(values.count), MAX_CHARS) },
    signal: context.signal,
  };
  const entry: ListAnswer = { ...(await askForList(kind, journalKey, request, context)), seed };
  await asked.journal.append(journalKey, entry);
  asked.entries.set(journalKey, entry);
  return entry;
}

/** An answer that is not whole is none, but its call counts; any other failure fails the attempt. */
async function askForList(
  kind: 'topics' | 'prompts',
  key: string,
  request: ChatCall,
  { models }: ActivityContext,
): Promise<Omit<ListAnswer, 'seed'>> {
  try {
    const answer = await models.chat(request);
    const isList = (value: Fields): boolean => Array.isArray(value[kind]);
    const list = parseJsonAnswer(answer.text, isList)?.[kind];
    const texts = Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
    const items = texts
      .filter((item) => item.length < MAX_CHARS && isWellFormed(item))
      .map((item) => item.trim())
      .filter(Boolean);
    return {
      list: items,
      call: callRecord('base_prompt', key, answer, items.length === 0 ? 'UNPARSABLE' : null),
    };
  } catch (failure) {
    if (!(failure instanceof ModelError) || failure.fault !== 'answer') throw failure;
    return { list: [], call: failedCallRecord('base_prompt', key, request.config, failure) };
  }
}

/** Topics that lack prompts, and how many to ask for: from the second round on more than are missing, as some will be repeats. */
function shortfall(topics: readonly string[], kept: readonly Draft[], perTopic: number, round: number) {
  return topics
    .map((topic) => ({ topic, missing: perTopic - kept.filter((draft) => draft.topic === topic).length }))
    .filter(({ missing }) => missing > 0)
    .map(({ topic, missing }) => ({
      topic,
      missing: round === 0 ? missing : missing + 2 * round + perTopic,
    }));
}

/** Keeps `count` drafts, taking one more from each topic in turn so that no topic is favoured, in topic order. */
function spreadOverTopics(drafts: readonly Draft[], topics: readonly string[], count: number): Draft[] {
  const byTopic = topics.map((topic) => drafts.filter((draft) => draft.topic === topic));
  const rank = new Map(byTopic.flatMap((list) => list.map((draft, index) => [draft, index] as const)));
  const chosen = new Set(
    [...rank.entries()]
      .toSorted(([, a], [, b]) => a - b)
      .slice(0, count)
      .map(([draft]) => draft),
  );
  return byTopic.flat().filter((draft) => chosen.has(draft));
}
