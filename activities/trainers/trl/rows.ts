/** What TRL is given to learn from, in its conversational form: pure. */
import { createRandom, shuffle } from '../../randomness/random.ts';
import type { AdapterProbe } from '../../inference/servers/probe-adapter.ts';
import type { TrlMethod } from './settings.ts';

type ChatMessage = AdapterProbe['messages'][number];

/** A better and a worse text for the same question. Of an example that stands alone `rejected` is null. */
export interface Lesson {
  /** What the model will be asked. */
  readonly prompt: readonly ChatMessage[];
  readonly chosen: string;
  readonly rejected: string | null;
  /** Whatever the question is about: held-out rows are of other ones. */
  readonly topic: string;
  /** How much it counts, above 0: how sure and how weighty it is. */
  readonly weight: number;
}

/** A row of TRL's data sets: of `sft` with `completion`, of `dpo` with `chosen` and `rejected`. */
export type TrlRow =
  | { readonly prompt: readonly ChatMessage[]; readonly completion: readonly ChatMessage[] }
  | {
      readonly prompt: readonly ChatMessage[];
      readonly chosen: readonly ChatMessage[];
      readonly rejected: readonly ChatMessage[];
    };

/** Why a set cannot teach anything, as a sentence; undefined if it can. */
export function findUnteachable(method: TrlMethod, lessons: readonly Lesson[]): string | undefined {
  if (lessons.length === 0) return 'there are no rows';
  const usable = lessons.filter(({ chosen, rejected }) => chosen !== rejected);
  if (usable.length === 0) return 'in every pair the better text is the worse one';
  if (method === 'dpo' && usable.every(({ rejected }) => rejected === null))
    return "there is nothing to contrast with: 'dpo' needs a worse text for each better one; 'sft' does not";
  if (new Set(usable.map(({ topic }) => topic)).size < 2)
    return `all rows are of one topic (${usable[0]?.topic}), so that nothing tells what is learned from what is remembered`;
  const asked = new Set(usable.map(({ prompt }) => JSON.stringify(prompt)));
  if (asked.size < 2) return 'all rows ask the same';
  if (new Set(usable.map(({ chosen }) => chosen)).size < 2)
    return 'all rows teach the same text, whatever is asked';
  const echoes = usable.every(({ prompt, chosen }) => prompt.at(-1)?.content.includes(chosen) === true);
  return echoes ? 'every text to learn repeats what is asked' : undefined;
}

/**
 * Rows in the order in which they are learned. There are as many as lessons, and each lesson comes as often as its share of all
 * weight says (systematic sampling): one of little weight may not come at all.
 */
export function drawRows(method: TrlMethod, lessons: readonly Lesson[], seed: number): TrlRow[] {
  const usable = usableOf(method, lessons);
  const random = createRandom(seed);
  const step = usable.reduce((sum, { weight }) => sum + weight, 0) / usable.length;
  let next = random() * step;
  let passed = 0;
  const drawn = usable.flatMap((lesson) => {
    passed += lesson.weight;
    const rows: TrlRow[] = [];
    for (; next < passed; next += step) rows.push(toRow(method, lesson));
    return rows;
  });
  return shuffle(drawn, random);
}

/** Every row once, for looking at the loss. */
export function toRows(method: TrlMethod, lessons: readonly Lesson[]): TrlRow[] {
  return usableOf(method, lessons).map((lesson) => toRow(method, lesson));
}

/** Without ties, and without what has no contrast where one is wanted. */
function usableOf(method: TrlMethod, lessons: readonly Lesson[]): readonly Lesson[] {
  return lessons.filter(
    ({ chosen, rejected }) => chosen !== rejected && (method === 'sft' || rejected !== null),
  );
}

function toRow(method: TrlMethod, { prompt, chosen, rejected }: Lesson): TrlRow {
  const said = (content: string): readonly ChatMessage[] => [{ role: 'assistant', content }];
  return method === 'sft' || rejected === null
    ? { prompt, completion: said(chosen) }
    : { prompt, chosen: said(chosen), rejected: said(rejected) };
}

export function toJsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
