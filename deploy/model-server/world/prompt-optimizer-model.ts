/** The simulated prompt-optimization model: rewrites a request by the lessons it is given, or by guesswork. */
import { readQualities } from './prompt-qualities.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { addWordings, makePlainer, understand } from './rewrite.ts';
import { taggedText } from './tagged-text.ts';
import { wordings } from './wordings.ts';
import type { Wording } from './wordings.ts';

const FOLLOWS_LESSON = 0.6;
const MOST_FOLLOWED = 5;
/** Fewest and most guesses, beside the lessons it follows or without any. */
const GUESSES = { besideLessons: [0, 2], alone: [2, 4] } as const;
/** Chance that a guess is one that usually harms. */
const HARMFUL_GUESS = 0.25;
/** Below what any two wordings of different worth differ by: of equal ones it takes either. */
const TIE_BREAK = 0.01;

const harmfulLesson = /\bhurts?\b|\bharm|\bworse|\blowers?\b|\bavoid\b|^\W*(don't|do not|never)\b|[-−]\s?\d/i;

interface Lessons {
  readonly helping: readonly Wording[];
  readonly hurting: readonly Wording[];
  readonly plainer: boolean;
}

/** Answers the message of `prompt_optimization_model_input.txt` with the improved request. */
export function rewriteByLessons(message: string, seed: number | string, worldSeed: number): string {
  const random = createRandom('prompt-optimizer', worldSeed, seed, message);
  const request = taggedText(message, 'prompt') ?? message.trim();
  const lessons = readLessons(taggedText(message, 'lessons') ?? '');
  const chosen =
    lessons.helping.length > 0 ? followLessons(lessons, random) : guess(lessons, GUESSES.alone, random);
  const isPlainer = lessons.plainer && random.chance(FOLLOWS_LESSON);
  return addWordings(isPlainer ? makePlainer(request) : request, chosen, random);
}

/**
 * Answers the section `choice` of that text with the number of the wording it takes for the best, from 1. It knows no more than
 * when it guesses: of each way of wording it is right about whether it helps as often as its guesses are harmless.
 */
export function chooseWording(message: string, seed: number | string, worldSeed: number): number {
  const random = createRandom('wording-choice', worldSeed, seed, message);
  const belief = new Map(
    wordings.map(({ quality, harmful }) => [quality, harmful === random.chance(HARMFUL_GUESS) ? 1 : -1]),
  );
  const offered = [
    ...(taggedText(message, 'wordings') ?? '').matchAll(/<wording number="(\d+)">(.*?)<\/wording>/gs),
  ];
  const ranked = offered
    .map(([, number, text = '']) => {
      const present = readQualities(text);
      const worth = [...belief].reduce((sum, [quality, sign]) => sum + sign * present[quality], 0);
      return { number: Number(number), worth: worth + TIE_BREAK * random.next() };
    })
    .toSorted((one, other) => other.worth - one.worth);
  return ranked[0]?.number ?? 1;
}

/** Answers the section `instruction` of that text: some wordings that might help, whatever it is shown. */
export function writeInstruction(message: string, seed: number | string, worldSeed: number): string {
  const random = createRandom('instruction', worldSeed, seed, message);
  const nothingLearned = { helping: [], hurting: [], plainer: false };
  return addWordings('', guess(nothingLearned, GUESSES.alone, random), random).trim();
}

function readLessons(text: string): Lessons {
  const helping = new Set<Wording>();
  const hurting = new Set<Wording>();
  let plainer = false;
  for (const line of text.split('\n')) {
    const isHarmful = !/\bhelps?\b/i.test(line) && harmfulLesson.test(line);
    const content = line.replace(/\([^()]*\)\s*$/, '');
    const intention = understand(
      isHarmful ? content.replace(/^\W*(avoid|don't|do not|never)\b/i, '') : content,
    );
    for (const wording of intention.wordings) (isHarmful ? hurting : helping).add(wording);
    if (intention.plainer && !isHarmful) plainer = true;
  }
  return { helping: [...helping].filter((wording) => !hurting.has(wording)), hurting: [...hurting], plainer };
}

function followLessons(lessons: Lessons, random: Random): Wording[] {
  const followed = random.shuffle(lessons.helping.filter(() => random.chance(FOLLOWS_LESSON)));
  if (followed.length === 0) followed.push(random.pick(lessons.helping));
  const guessed = guess(lessons, GUESSES.besideLessons, random).filter(
    (wording) => !followed.includes(wording),
  );
  return [...followed.slice(0, MOST_FOLLOWED), ...guessed];
}

function guess(lessons: Lessons, [fewest, most]: readonly [number, number], random: Random): Wording[] {
  const count = fewest + Math.floor(random.next() * (most - fewest + 1));
  const open = random.shuffle(wordings.filter((wording) => !lessons.hurting.includes(wording)));
  return Array.from({ length: count }, () => random.chance(HARMFUL_GUESS))
    .map((isHarmful) => {
      const index = open.findIndex(({ harmful }) => harmful === isHarmful);
      return index < 0 ? undefined : open.splice(index, 1)[0];
    })
    .filter((wording) => wording !== undefined);
}
