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

/**
 * What a program makes of an answer that should name one of some labels (column `labels`). Learning hears how many others it
 * names beside the right one; the referee asks whether that one stands alone.
 */
const labelChecks: TaskFamily['checks'] = [
  {
    name: 'names-it',
    use: 'criterion',
    cel: "output.lowerAscii().contains(expected) ? 1.0 / double(fields.labels.split(' ').filter(l, output.lowerAscii().contains(l)).size()) : 0.0",
  },
  {
    name: 'names-it-alone',
    use: 'referee',
    sql: `select key, length(output) < 300 and list_filter(string_split(fields::json ->> 'labels', ' '),
      lambda one: contains(lower(output), one)) = [expected] as passed from answers`,
  },
];

const sentiment: TaskFamily = {
  name: 'sentiment',
  maxTokens: 96,
  draw: (random) =>
    things.map((thing) => {
      const isPositive = random() < 0.5;
      const said = `The ${thing} was ${pick(isPositive ? praise : blame, random)}.`;
      const expected = isPositive ? 'positive' : 'negative';
      const prompt = `Is this review positive or negative? "${said}"`;
      return { prompt, topic: thing, expected, labels: 'positive negative' };
    }),
  checks: labelChecks,
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
        labels: Object.keys(kinds).join(' '),
      })),
    ),
  checks: labelChecks,
};

// prettier-ignore
const names = ['Ann', 'Ben', 'Clara', 'David', 'Ella', 'Frank', 'Grace', 'Henry', 'Ivy', 'Jack', 'Kate', 'Leo', 'Mia', 'Noah', 'Olga', 'Paul', 'Rosa', 'Sam', 'Tina', 'Victor', 'Wendy', 'Xavier', 'Yara', 'Zoe', 'Amir', 'Bella', 'Carl', 'Dora', 'Emil', 'Fiona', 'George', 'Hana', 'Igor', 'Julia', 'Karl', 'Lena'];
const towns = ['Oslo', 'Lima', 'Cairo', 'Rome', 'Quito', 'Delhi', 'Perth', 'Paris'];

/** Whether an answer is JSON, alone or in a code fence, and which of the two facts are right in it: 0 or 1 each. */
const JSON_PARTS = `select key, (data is not null)::integer as is_json,
  coalesce((data ->> 'name') = expected, false)::integer as has_name,
  coalesce((data ->> 'age') = (fields::json ->> 'age'), false)::integer as has_age
  from (select *, try_cast(regexp_extract(output, '^\\s*(?:\x60{3}(?:json)?\\s*)?([^\x60]*?)\\s*(?:\x60{3}\\s*)?$', 1) as json) as data from answers)`;

const extraction: TaskFamily = {
  name: 'extraction',
  maxTokens: 160,
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
    {
      name: 'parts',
      use: 'criterion',
      sql: `select key, (is_json + has_name + has_age) / 3.0 as score from (${JSON_PARTS})`,
    },
    {
      name: 'is-right',
      use: 'referee',
      sql: `select key, is_json + has_name + has_age = 3 as passed from (${JSON_PARTS})`,
    },
  ],
};

// prettier-ignore
const lists = ['colours', 'rivers', 'vegetables', 'sports', 'countries', 'birds', 'tools', 'drinks', 'flowers', 'metals', 'languages', 'planets', 'instruments', 'fish', 'trees', 'cities', 'fruits', 'mammals', 'jobs', 'games', 'clothes', 'spices', 'insects', 'hobbies', 'desserts', 'shapes', 'rooms', 'vehicles', 'oceans', 'months', 'shoes', 'cheeses', 'dances', 'reptiles', 'islands', 'gemstones'];

const LINES = "output.trim().split('\\n')";

const numbering: TaskFamily = {
  name: 'numbered list',
  maxTokens: 160,
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
    {
      name: 'lines',
      use: 'criterion',
      cel: `double(${LINES}.filter(l, l.matches('^[0-9][.] ')).size()) / double(${LINES}.size())
        * (${LINES}.size() == int(fields.count) ? 1.0 : 0.5)`,
    },
    {
      name: 'is-numbered',
      use: 'referee',
      cel: `${LINES}.all(l, l.matches('^[0-9][.] ')) && size(${LINES}) == int(fields.count)`,
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
  { name: 'one-word', template: '{prompt}\nAnswer with one word.' },
  { name: 'question', template: 'Question: {prompt}\nAnswer:' },
  { name: 'classifier', template: 'You are a classifier. You output one word and nothing else.\n{prompt}' },
  {
    name: 'json-keys',
    template:
      '{prompt}\nWrite one JSON object on one line. Use short lower-case keys. No code, no explanation.',
  },
  { name: 'json-only', template: '{prompt}\nReturn only a JSON object, without any other text.' },
  { name: 'numbered', template: '{prompt}\nWrite a numbered list, one item a line, and nothing else.' },
  {
    name: 'short-names',
    template: '{prompt}\nWrite a numbered list with one short name a line. Stop after the last one.',
  },
  { name: 'polite', template: 'Hello! {prompt} Thank you very much.' },
];
