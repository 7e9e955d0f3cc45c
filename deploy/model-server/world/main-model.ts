/** The simulated main model: writes an answer whose visible traits are as good as the prompt's wording makes it. */
import {
  bodies,
  details,
  driftSubjects,
  emptyAnswer,
  muddles,
  openings,
  orderWords,
  supports,
} from './answer-language.ts';
import type { Trait } from './answer-language.ts';
import { readQualities } from './prompt-qualities.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { clampScore, promptQuality } from './true-quality.ts';
import { perCriterion } from './world.ts';
import type { PerCriterion, World } from './world.ts';
import { subjectsOf } from './words.ts';

/** Share of the answer noise that all criteria have in common; with the rest their mean varies by `answerNoise`. */
const COMMON_NOISE = 0.87;
const USUAL_SENTENCES = 9;
/** Most subjects that the opening names. */
const MAX_OPENING_SUBJECTS = 16;

/** Answers a prompt. The same prompt, seed and world give the same answer. */
export function answerPrompt(prompt: string, seed: number | string, world: World): string {
  const subjects = subjectsOf(prompt);
  if (subjects.length === 0) return emptyAnswer;
  const random = createRandom('main', world.worldSeed, seed, prompt);
  return writeAnswer(prompt, subjects, drawQuality(prompt, random, world), random, world);
}

function drawQuality(prompt: string, random: Random, world: World): PerCriterion {
  const expected = promptQuality(prompt, world);
  const common = COMMON_NOISE * world.answerNoise * random.normal();
  return perCriterion((criterion) =>
    clampScore(expected[criterion] + common + world.answerNoise * random.normal()),
  );
}

function writeAnswer(
  prompt: string,
  subjects: readonly string[],
  quality: PerCriterion,
  random: Random,
  world: World,
): string {
  const wording = readQualities(prompt);
  const isList = world.effect > 0 && wording.structure > 0;
  const count = sentenceCount(wording.brevity * world.effect, wording.specifics * world.effect, random);

  const onTopicCount = random.round(levelOf(quality.relevance) * count);
  const onTopic = random.shuffle(Array.from({ length: count }, (_, index) => index < onTopicCount));
  const supportTraits = drawTraits(levelOf(quality.accuracy), count, random);
  const detailTraits = drawTraits(levelOf(quality.depth), count, random);
  const clarityTraits = drawTraits(levelOf(quality.clarity), count, random);
  const useTraits = drawTraits(levelOf(quality.usefulness), count, random);
  const strays = driftSubjects.filter((subject) => !prompt.toLowerCase().includes(subject));

  let turn = Math.floor(random.next() * subjects.length);
  let ordered = 0;
  const sentences = onTopic.map((isOnTopic, index) => {
    const subject = isOnTopic
      ? (subjects[turn % subjects.length] ?? '')
      : random.pick(strays.length > 0 ? strays : driftSubjects);
    if (isOnTopic) turn += 1;
    const clarity = clarityTraits[index] ?? 'neutral';
    const sentence = [
      random.pick(bodies[useTraits[index] ?? 'neutral']).replace('{s}', () => subject),
      random.pick(details[detailTraits[index] ?? 'neutral']).replace('#', () => figure(random)),
      clarity === 'bad' ? random.pick(muddles) : '',
      random.pick(supports[supportTraits[index] ?? 'neutral']),
    ].join('');
    if (clarity !== 'good') return `${capitalised(sentence)}.`;
    ordered += 1;
    return isList ? `${ordered}. ${capitalised(sentence)}.` : `${orderWord(ordered)} ${sentence}.`;
  });
  const opening = random
    .pick(openings)
    .replace('{s}', () => enumerate(subjects.slice(0, MAX_OPENING_SUBJECTS)));
  return isList ? [opening, ...sentences].join('\n') : [opening, ...sentences].join(' ');
}

/** A score of 1 to 5 as a share of 0 to 1. */
function levelOf(score: number): number {
  return (score - 1) / 4;
}

/** Traits whose mean credit (good 1, neutral ½, bad 0) is `level` on average, in random order. */
function drawTraits(level: number, count: number, random: Random): Trait[] {
  const halves = random.round(level * 2 * count);
  const good = Math.max(0, halves - count);
  const bad = Math.max(0, count - halves);
  const traits = Array.from({ length: count }, (_, index): Trait => {
    if (index < good) return 'good';
    return index < good + bad ? 'bad' : 'neutral';
  });
  return random.shuffle(traits);
}

function sentenceCount(brevity: number, specifics: number, random: Random): number {
  const wanted = USUAL_SENTENCES - 3 * Math.min(1, brevity) + 2 * Math.min(1, specifics);
  return wanted + Math.floor(random.next() * 3) - 1;
}

function orderWord(position: number): string {
  return orderWords[Math.min(position, orderWords.length) - 1] ?? '';
}

function figure(random: Random): string {
  return String(5 * (1 + Math.floor(random.next() * 12)));
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function enumerate(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
