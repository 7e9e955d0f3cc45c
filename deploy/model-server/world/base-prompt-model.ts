/** The simulated base-prompt model: names topic families, and writes the requests that people type about one. */
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { requestPatterns } from './request-patterns.ts';
import { taggedText } from './tagged-text.ts';
import { areasOfDomain, aspects, circumstances, topicBank } from './topic-bank.ts';
import { contentWordsOf } from './words.ts';

const MISSING_ONE = 0.03;
const NEAR_DUPLICATE = 0.05;

/** Answers `{topics: […]}` or `{prompts: […]}`, as the message (or the schema's `wanted`) asks. */
export function writeBasePrompts(
  message: string,
  wanted: 'topics' | 'prompts' | undefined,
  seed: number | string,
  worldSeed: number,
): { readonly topics: readonly string[] } | { readonly prompts: readonly string[] } {
  const random = createRandom('base-prompt', worldSeed, seed, message);
  const domain = taggedText(message, 'domain') ?? '';
  const topic = taggedText(message, 'topic');
  const count = countAsked(message);
  const kind = wanted ?? (topic === undefined && /"topics"/.test(message) ? 'topics' : 'prompts');
  if (kind === 'topics') return { topics: nameTopics(domain, count, random) };
  return { prompts: imperfectly(writeRequests(topic ?? domain, count, random), random) };
}

/** Most items of one answer; nobody's token limit has room for more. */
const MAX_COUNT = 2000;

function countAsked(message: string): number {
  const asked = /\bexactly\s+(\d{1,6})\b/i.exec(message)?.[1] ?? /\b(\d{1,6})\b/.exec(message)?.[1] ?? '5';
  return Math.min(MAX_COUNT, Math.max(1, Number(asked)));
}

/** Distinct families: those of the domain's areas first, else its own words, then the rest of the bank. */
function nameTopics(domain: string, count: number, random: Random): string[] {
  const areas = areasOfDomain(domain);
  const near = random.shuffle(topicBank.filter(({ area }) => areas.has(area)).map(({ name }) => name));
  const far = random.shuffle(topicBank.filter(({ area }) => !areas.has(area)).map(({ name }) => name));
  const own = [...contentWordsOf(domain).values()].flatMap((word) =>
    aspects.map((aspect) => aspect.replace('{t}', () => word)),
  );
  const plain = areas.size > 0 ? [...near, ...far] : [...random.shuffle(own), ...far];
  const narrowed = circumstances.flatMap((circumstance) => plain.map((name) => `${name} ${circumstance}`));
  return [...plain, ...narrowed].slice(0, count);
}

/** Distinct requests about a topic family, known or not. */
function writeRequests(topic: string, count: number, random: Random): string[] {
  const family = topicBank.find(({ name }) => topic.toLowerCase().startsWith(name));
  const rest = family === undefined ? '' : topic.slice(family.name.length).trim();
  const things = family?.things ?? aspects.map((aspect) => aspect.replace('{t}', () => topic));
  const suffix = rest === '' ? '' : ` ${rest}`;
  const combinations = things.flatMap((thing, index) =>
    requestPatterns.map((pattern) => ({
      pattern,
      thing,
      other: things[(index + 1) % things.length] ?? thing,
    })),
  );
  return random
    .shuffle(combinations)
    .slice(0, count)
    .map(({ pattern, thing, other }) =>
      pattern.replace('{a}', () => `${thing}${suffix}`).replace('{b}', () => other),
    );
}

/** Now and then one request says the same as the one before it, or is missing. */
function imperfectly(requests: readonly string[], random: Random): string[] {
  const written = [...requests];
  if (written.length > 1 && random.chance(NEAR_DUPLICATE)) {
    const index = 1 + Math.floor(random.next() * (written.length - 1));
    written[index] = (written[index - 1] ?? '')
      .replace(/^(\S)/, (letter) => letter.toLowerCase())
      .replace(/\?$/, ' ?');
  }
  if (written.length > 1 && random.chance(MISSING_ONE)) written.pop();
  return written;
}
