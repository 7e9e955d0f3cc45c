/** Families of tests in which the arm is no better, made by somebody who wants the verdict to be wrong. */
import type { Random } from '../../activities/randomness/random.ts';
import type { Family } from './families.ts';

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Topics that follow one another are of one area, and what helps one of them helps the others. */
const TOPICS_OF_AREA = 3;
function byArea(spread: number): (random: Random, topic: number) => number {
  let shared = 0;
  return (random, topic) => {
    if (topic % TOPICS_OF_AREA === 0) shared = spread * normal(random);
    return shared + 0.1 * normal(random);
  };
}

export const hostileNullFamilies: readonly Family[] = [
  { name: 'one prompt a topic', trueGain: 0, promptsOf: () => 1 },
  { name: 'five prompts a topic', trueGain: 0, promptsOf: () => 5, effect: (random) => 0.3 * normal(random) },
  { name: 'no spread between topics', trueGain: 0, effect: () => 0 },
  {
    name: 'harms one topic in seven, six times as much',
    trueGain: 0,
    effect: (random) => (random() < 1 / 7 ? -0.9 : 0.15),
  },
  {
    name: 'four prompts in a quarter of the topics, one in the others',
    trueGain: 0,
    promptsOf: (random) => (random() < 0.25 ? 4 : 1),
  },
  { name: 'at the floor of the scale', trueGain: 0, level: 1.3, effect: () => 0 },
  {
    name: 'log-normal effects',
    trueGain: 0,
    effect: (random) => 0.2 * (Math.exp(normal(random)) - Math.sqrt(Math.E)),
  },
  { name: 'six tenths of the score sheets missing', trueGain: 0, missing: 0.6 },
  { name: 'teaching validators that like it very much', trueGain: 0, quirks: [2, 2, 0] },
  { name: 'teaching validators that hate it', trueGain: 0, quirks: [-0.8, -0.8, 0] },
  {
    name: 'answers half as long again, and all validators pay for length',
    trueGain: 0,
    lengths: { ratio: 1.5, paid: [1, 1, 1] },
  },
  {
    name: 'answers twice as long, and the teaching validators pay for length',
    trueGain: 0,
    lengths: { ratio: 2, paid: [1, 1, 0] },
  },
  {
    name: 'answers twice as long, and all validators pay for length',
    trueGain: 0,
    lengths: { ratio: 2, paid: [1, 1, 1] },
  },
  { name: 'areas of three related topics', trueGain: 0, effect: byArea(0.2) },
];
