/**
 * Models of a language that nobody listed: made-up words, and an answer is worth what the sentences around the request are worth.
 * Nothing of it is in the bundled world, in English or in any list of words: whatever is learned here is learned from scores.
 */
import type { ChatAnswer, ChatCall, ModelClient } from '../../activities/inference/model-client.ts';
import { createRandom, normalOf, type Random } from '../../deploy/model-server/world/random.ts';
import { taggedText } from '../../deploy/model-server/world/tagged-text.ts';
import { noAdapters } from '../../test/support/no-adapters.ts';

export interface StrangerWorld {
  readonly seed: number;
  /** Ways of rewriting, by the instructions that ask for them: each has sentences of its own. */
  readonly approaches: readonly string[];
  /** Sentences of each way; 0 = a new one each time, whose worth nothing that came before tells. */
  readonly phrases: number;
  /** Standard deviation of what a sentence adds to an answer, in points; half of its variance is its way's. 0 = nothing. */
  readonly effect: number;
  /** Without spaces between words. */
  readonly unspaced?: boolean;
}

const SYLLABLES = [
  'ka',
  'to',
  'mi',
  're',
  'su',
  'lo',
  'ne',
  'vi',
  'da',
  'po',
  'zu',
  'fe',
  'gri',
  'bal',
  'shon',
  'tek',
];
const LETTERS = Array.from({ length: 400 }, (_, index) => String.fromCodePoint(0x4e00 + 37 * index));
const CRITERIA = 5;
const PLAIN = 3;

/** The models of one such world; the same call has the same answer. */
export function createStrangerModels(world: StrangerWorld): ModelClient {
  return {
    async chat(call: ChatCall): Promise<ChatAnswer> {
      const text = answerOf(call, world);
      return {
        text,
        finishReason: 'stop',
        thinking: null,
        thinkingTokens: 0,
        tokensAreEstimated: false,
        logprobs: null,
        model: call.config.model.name,
        endpoint: 'embedded',
        promptTokens: 0,
        completionTokens: 0,
        seconds: 0,
        requests: 1,
      };
    },
    adapters: noAdapters,
    close: async () => {},
  };
}

function answerOf({ role, messages, seed }: ChatCall, world: StrangerWorld): string {
  const message = messages.map(({ content }) => content).join('\n');
  const random = createRandom('stranger', world.seed, role, seed, message);
  switch (role) {
    case 'base_prompt':
      return JSON.stringify(writeRequests(message, world, random));
    case 'prompt_variation': {
      const approach = taggedText(message, 'approach') ?? '';
      return rewritten(taggedText(message, 'prompt') ?? '', [phraseOf(approach, world, random)], world);
    }
    case 'prompt_optimization':
      return optimize(message, world, random);
    case 'main_model':
      return answer(messages.at(-1)?.content ?? '', world, random);
    default:
      return score(message, random);
  }
}

function writeRequests(message: string, world: StrangerWorld, random: Random): object {
  const count = Number(/\bexactly\s+(\d+)\b/i.exec(message)?.[1] ?? 1);
  const topic = taggedText(message, 'topic');
  if (topic === undefined)
    return {
      topics: Array.from(
        { length: count },
        (_, index) => `${word(world, 'topic', index)} ${word(world, 'field', index)}`,
      ),
    };
  return {
    prompts: Array.from({ length: count }, () => {
      const things = Array.from({ length: 4 }, () => word(world, topic, Math.floor(12 * random.next())));
      return `${join([...things, word(world, 'ask', Math.floor(3 * random.next()))], world)}${world.unspaced === true ? '？' : '?'}`;
    }),
  };
}

/** Guesses, and chooses by lot: it does not understand lessons. */
function optimize(message: string, world: StrangerWorld, random: Random): string {
  const request = taggedText(message, 'prompt') ?? '';
  if (message.includes('<wordings>')) {
    const count = [...message.matchAll(/<wording number=/g)].length;
    return JSON.stringify({ choice: 1 + Math.floor(count * random.next()) });
  }
  const guesses = Array.from({ length: 2 + Math.floor(2 * random.next()) }, () =>
    random.pick(world.approaches),
  );
  return rewritten(
    request,
    [...new Set(guesses)].map((approach) => phraseOf(approach, world, random)),
    world,
  );
}

function rewritten(request: string, phrases: readonly string[], { unspaced = false }: StrangerWorld): string {
  return JSON.stringify({ prompt: [request, ...phrases].join(unspaced ? '' : ' ') });
}

/** A sentence in which an approach is put. */
function phraseOf(approach: string, world: StrangerWorld, random: Random): string {
  const number =
    world.phrases === 0 ? Math.floor(1e9 * random.next()) : Math.floor(world.phrases * random.next());
  const length = 4 + Math.floor(3 * createRandom(world.seed, approach, number).next());
  // Words of phrases come from one store, so that a word alone tells little.
  const words = Array.from({ length }, (_, place) =>
    word(world, 'phrase', Math.floor(300 * createRandom(world.seed, approach, number, place).next())),
  );
  return `${join(words, world)}${world.unspaced === true ? '。' : '.'}`;
}

/** What every sentence beyond the request is worth: known by heart where there is a store of them. */
function worthOf(sentence: string, world: StrangerWorld): number {
  if (world.phrases === 0) return world.effect * normalOf('worth', world.seed, sentence);
  for (const approach of world.approaches) {
    if (!sentencesOfApproach(approach, world).has(sentence)) continue;
    const [shared, own] = [normalOf('way', world.seed, approach), normalOf('own', world.seed, sentence)];
    return world.effect * Math.SQRT1_2 * (shared + own);
  }
  return 0;
}

const stores = new Map<string, ReadonlySet<string>>();
function sentencesOfApproach(approach: string, world: StrangerWorld): ReadonlySet<string> {
  const key = `${world.seed}/${world.phrases}/${String(world.unspaced)}/${approach}`;
  const known = stores.get(key);
  if (known !== undefined) return known;
  const made = new Set(
    Array.from({ length: world.phrases }, (_, number) =>
      phraseOf(approach, world, { ...createRandom(0), next: () => (number + 0.5) / world.phrases }),
    ),
  );
  stores.set(key, made);
  return made;
}

/** What a prompt's answers are worth on average, 1 to 5. */
export function strangerQuality(prompt: string, world: StrangerWorld): number {
  const sentences = prompt.match(/[^.?。？]+[.?。？]/gu) ?? [];
  const worth = sentences.reduce((sum, sentence) => sum + worthOf(sentence.trim(), world), 0);
  return Math.min(4.8, Math.max(1.2, PLAIN + worth));
}

/** The answer shows openly how good it is; what is scrambled shows nothing. */
function answer(prompt: string, world: StrangerWorld, random: Random): string {
  const quality = strangerQuality(prompt, world) + 0.3 * random.normal();
  const filler = Array.from({ length: 20 }, () => word(world, 'answer', Math.floor(200 * random.next())));
  return `[${quality.toFixed(3)}] ${join(filler, world)}`;
}

function score(message: string, random: Random): string {
  const shown = [...message.matchAll(/\[(-?\d\.\d{3})\] /g)].at(-1)?.[1];
  const keys = [...new Set(message.match(/criteria_\d/g) ?? [])].slice(0, CRITERIA);
  const asked = /with the scores first[\s\S]*?\{(.*)\}/.exec(message)?.[1]?.match(/criteria_\d/g) ?? keys;
  const scores = asked.map((key) => {
    const seen = shown === undefined ? 1 : Number(shown) + 0.3 * random.normal();
    return [key, Math.min(5, Math.max(1, random.round(seen)))];
  });
  return JSON.stringify({ ...Object.fromEntries(scores), reason: 'By what the answer shows.' });
}

function word(world: StrangerWorld, kind: string, number: number): string {
  const random = createRandom('word', world.seed, kind, number);
  if (world.unspaced === true) return random.pick(LETTERS) + random.pick(LETTERS);
  const length = 2 + Math.floor(2 * random.next());
  return Array.from({ length }, () => random.pick(SYLLABLES)).join('');
}

function join(words: readonly string[], { unspaced = false }: StrangerWorld): string {
  return words.join(unspaced ? '' : ' ');
}
