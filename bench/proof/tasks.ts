/**
 * Four families of tasks whose answers a program can check, as requests that people might write. Inputs are drawn from small
 * banks of words: which request of a family one gets is a matter of the seed alone.
 */
import { createRandom, shuffle } from '../../activities/randomness/random.ts';
import type { CheckConfig } from '../../configs/settings/checks.ts';

/** A row of the prompts file. */
export interface TaskRow {
  readonly prompt: string;
  /** What requests have in common that are alike: a cluster of the statistics. */
  readonly topic: string;
  readonly expected: string;
  readonly [column: string]: string;
}

export interface TaskFamily {
  readonly name: string;
  /** Longest answer, in tokens. */
  readonly maxTokens: number;
  /** Of one topic each. */
  draw(random: () => number): TaskRow[];
  /** One that learning hears, and the referee, which it never does. */
  readonly checks: readonly [CheckConfig, CheckConfig];
}

const pick = <T>(bank: readonly T[], random: () => number): T => bank[Math.floor(random() * bank.length)]!;

// prettier-ignore
const things = ['hotel', 'phone', 'soup', 'film', 'lamp', 'train ride', 'jacket', 'concert', 'chair', 'coffee', 'museum', 'keyboard', 'pizza', 'tour', 'book', 'blender', 'garden', 'play', 'tent', 'bicycle', 'cake', 'camera', 'hostel', 'watch', 'game', 'sofa', 'sandwich', 'exhibition', 'backpack', 'speaker', 'ferry', 'kettle', 'novel', 'pillow', 'burger', 'workshop'];
// prettier-ignore
const praise = ['wonderful', 'excellent', 'a joy', 'better than I hoped', 'perfect', 'lovely', 'fantastic', 'great'];
// prettier-ignore
const blame = ['terrible', 'a waste of money', 'awful', 'broken', 'worse than I feared', 'boring', 'dreadful', 'bad'];

/** That a program finds the label where it looks for it. */
const LAST_WORD = "output.lowerAscii().matches('(^|[^a-z])' + expected + '[^a-z]*$')";

const sentiment: TaskFamily = {
  name: 'sentiment',
  maxTokens: 96,
  draw: (random) =>
    things.map((thing) => {
      const isPositive = random() < 0.5;
      const said = `The ${thing} was ${pick(isPositive ? praise : blame, random)}.`;
      const expected = isPositive ? 'positive' : 'negative';
      return { prompt: `Is this review positive or negative? "${said}"`, topic: thing, expected };
    }),
  checks: [
    {
      name: 'names-it',
      use: 'criterion',
      cel: 'output.lowerAscii().contains(expected) && size(output) < 60',
    },
    { name: 'ends-with-it-soon', use: 'referee', cel: `${LAST_WORD} && size(output) <= 80` },
  ],
};

// prettier-ignore
const kinds: { readonly [kind: string]: readonly string[] } = {
  fruit: ['apple', 'pear', 'cherry', 'banana', 'grape', 'peach', 'plum', 'mango', 'kiwi'],
  animal: ['horse', 'rabbit', 'tiger', 'whale', 'sparrow', 'goat', 'frog', 'camel', 'otter'],
  tool: ['hammer', 'saw', 'drill', 'wrench', 'chisel', 'shovel', 'screwdriver', 'pliers', 'rake'],
  vehicle: ['bus', 'tram', 'lorry', 'bicycle', 'ship', 'helicopter', 'tractor', 'scooter', 'canoe'],
};

const classification: TaskFamily = {
  name: 'classification',
  maxTokens: 96,
  draw: () =>
    Object.entries(kinds).flatMap(([expected, members]) =>
      members.map((member) => ({
        prompt: `Which kind of thing is "${member}": fruit, animal, tool or vehicle?`,
        topic: member,
        expected,
      })),
    ),
  checks: [
    {
      name: 'names-it',
      use: 'criterion',
      cel: 'output.lowerAscii().contains(expected) && size(output) < 60',
    },
    { name: 'ends-with-it-soon', use: 'referee', cel: `${LAST_WORD} && size(output) <= 80` },
  ],
};

// prettier-ignore
const names = ['Ann', 'Ben', 'Clara', 'David', 'Ella', 'Frank', 'Grace', 'Henry', 'Ivy', 'Jack', 'Kate', 'Leo', 'Mia', 'Noah', 'Olga', 'Paul', 'Rosa', 'Sam', 'Tina', 'Victor', 'Wendy', 'Xavier', 'Yara', 'Zoe', 'Amir', 'Bella', 'Carl', 'Dora', 'Emil', 'Fiona', 'George', 'Hana', 'Igor', 'Julia', 'Karl', 'Lena'];
const towns = ['Oslo', 'Lima', 'Cairo', 'Rome', 'Quito', 'Delhi', 'Perth', 'Paris'];

const extraction: TaskFamily = {
  name: 'extraction',
  maxTokens: 96,
  draw: (random) =>
    names.map((name) => {
      const age = String(18 + Math.floor(random() * 60));
      return {
        prompt: `Give me the name and the age as JSON: ${name} is ${age} years old and lives in ${pick(towns, random)}.`,
        topic: name,
        expected: name,
        age,
      };
    }),
  checks: [
    { name: 'is-json', use: 'criterion', jsonSchema: { type: 'object', required: ['name', 'age'] } },
    {
      name: 'is-right',
      use: 'referee',
      sql: `select key, coalesce(try_cast(output as json) ->> 'name' = expected
        and try_cast(output as json) ->> 'age' = fields ->> 'age', false) as passed from answers`,
    },
  ],
};

// prettier-ignore
const lists = ['colours', 'rivers', 'vegetables', 'sports', 'countries', 'birds', 'tools', 'drinks', 'flowers', 'metals', 'languages', 'planets', 'instruments', 'fish', 'trees', 'cities', 'fruits', 'mammals', 'jobs', 'games', 'clothes', 'spices', 'insects', 'hobbies', 'desserts', 'shapes', 'rooms', 'vehicles', 'oceans', 'months', 'shoes', 'cheeses', 'dances', 'reptiles', 'islands', 'gemstones'];

const numbering: TaskFamily = {
  name: 'numbered list',
  maxTokens: 96,
  draw: (random) =>
    lists.map((list) => {
      const expected = pick(['three', 'four', 'five'], random);
      return {
        prompt: `Name ${expected} ${list}.`,
        topic: list,
        expected,
        count: String(['three', 'four', 'five'].indexOf(expected) + 3),
      };
    }),
  checks: [
    { name: 'has-numbers', use: 'criterion', regex: '^\\s*1[.] [^\\n]*\\n2[.] [^\\n]*\\n3[.] ' },
    {
      name: 'is-numbered',
      use: 'referee',
      cel: "output.trim().split('\\n').all(l, l.matches('^[0-9][.] ')) && size(output.trim().split('\\n')) == int(fields.count)",
    },
  ],
};

export const families: readonly TaskFamily[] = [sentiment, classification, extraction, numbering];

/** The requests of a family for a seed, in the order drawn: as many as there are, or `count` of them. */
export function drawRows(family: TaskFamily, seed: number, count: number): TaskRow[] {
  const random = createRandom(seed);
  return shuffle(family.draw(random), random).slice(0, count);
}

/** Ways of putting a request that fit any of the families; which of them helps where is for the pipeline to find out. */
export const templates: readonly { readonly name: string; readonly template: string }[] = [
  { name: 'question-one-word', template: 'Question: {prompt}\nAnswer in one word:' },
  { name: 'question-answer', template: 'Q: Is 2 even or odd?\nA: even\nQ: {prompt}\nA:' },
  { name: 'one-word', template: '{prompt}\nAnswer with one word, in lower case and without a full stop.' },
  { name: 'complete', template: 'Complete the sentence.\n{prompt}\nThe answer is:' },
  { name: 'json', template: '{prompt}\nReturn only a JSON object, without any other text.' },
  { name: 'numbered', template: '{prompt}\nWrite a numbered list, one item a line, and nothing else.' },
  { name: 'expert', template: 'You are an expert. {prompt}' },
  { name: 'polite', template: 'Hello! {prompt} Thank you very much.' },
];
