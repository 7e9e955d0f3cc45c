import { setImmediate as untilIdle } from 'node:timers/promises';
import { contentWords } from './content-words.ts';

/** Letters of the pieces that words are compared by, so that `reset` and `resetting` are alike. */
const PIECE = 4;
/**
 * Mean similarity above which two groups are one, and how much more rare pieces count. Chosen together on wordings of the same
 * questions in three languages, items of one task, and unrelated requests: from 1.5 and 0.1 to 1.6 and 0.14 all come out right.
 */
const ALIKE = 0.12;
const RARITY_POWER = 1.5;
/** Similarities below this count as none, so that their number stays bounded. */
const LEAST = 0.05;
/** A piece that more texts have than this tells too little of any two to be worth the time. */
const MOST_HOLDERS = 500;
/** Texts after which others may run: a worker has more to do. */
const SLICE = 64;

/** Weight by piece; of length 1 as a vector. */
type Vector = ReadonlyMap<string, number>;

/**
 * Puts texts that ask for the same in other words into one group: a number for each text, the same for texts of one group,
 * counted from 0 by first appearance. Groups are merged while their texts are alike on average (average linkage; Sokal &
 * Michener, 1958), by the cosine of the pieces of their content words, rare ones counting more (TF-IDF; Spärck Jones, 1972). Needs no model,
 * and works without spaces between words; paraphrases that share no word stay apart.
 */
export async function groupPrompts(texts: readonly string[]): Promise<number[]> {
  const links = await linkTexts(weigh(contentWords(texts).map(piecesOf)));
  const groups = await mergeGroups(links);
  const numbers = new Map<number, number>();
  return groups.map((group) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
}

/** How much of a text each piece is; a word counts once, however long. */
function piecesOf(words: readonly string[]): Map<string, number> {
  const pieces = new Map<string, number>();
  for (const word of words) {
    const letters = Array.from(`^${word}$`);
    const count = Math.max(1, letters.length - PIECE + 1);
    for (let start = 0; start < count; start += 1) {
      const piece = letters.slice(start, start + PIECE).join('');
      pieces.set(piece, (pieces.get(piece) ?? 0) + 1 / Math.sqrt(count));
    }
  }
  return pieces;
}

function weigh(texts: readonly ReadonlyMap<string, number>[]): Vector[] {
  const textsWith = new Map<string, number>();
  for (const pieces of texts)
    for (const piece of pieces.keys()) textsWith.set(piece, (textsWith.get(piece) ?? 0) + 1);
  return texts.map((pieces) => {
    const weights = [...pieces].map(
      ([piece, share]) => [piece, share * rarity(textsWith.get(piece) ?? 1, texts.length)] as const,
    );
    const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight ** 2, 0));
    return new Map(weights.map(([piece, weight]) => [piece, length === 0 ? 0 : weight / length]));
  });
}

/** What all texts have tells them apart by nearly nothing: it belongs to the task that they are items of. */
function rarity(holders: number, texts: number): number {
  return Math.log(1 + texts / holders) ** RARITY_POWER;
}

/** The similarity of every two texts that have one, by index, both ways. */
async function linkTexts(vectors: readonly Vector[]): Promise<Map<number, number>[]> {
  const holders = new Map<string, [index: number, weight: number][]>();
  const links = vectors.map(() => new Map<number, number>());
  for (const [index, vector] of vectors.entries()) {
    if (index % SLICE === 0) await untilIdle();
    const similarity = new Map<number, number>();
    for (const [piece, weight] of vector) {
      const others = holders.get(piece) ?? [];
      if (others.length >= MOST_HOLDERS) continue;
      for (const [other, itsWeight] of others)
        similarity.set(other, (similarity.get(other) ?? 0) + weight * itsWeight);
      others.push([index, weight]);
      holders.set(piece, others);
    }
    for (const [other, value] of similarity) {
      if (value < LEAST) continue;
      links[index]?.set(other, value);
      links[other]?.set(index, value);
    }
  }
  return links;
}

/**
 * The group of each text, named by one of its members. Links are turned into those of groups: sums over all pairs of texts, so
 * that the mean is the sum ÷ the sizes; the two most alike merge first.
 */
async function mergeGroups(links: Map<number, number>[]): Promise<number[]> {
  const size = links.map(() => 1);
  const parent = links.map((_, index) => index);
  const meanOf = (one: number, other: number): number =>
    (links[one]?.get(other) ?? 0) / ((size[one] ?? 1) * (size[other] ?? 1));
  const nearest = (group: number): { other: number; mean: number } => {
    let best = { other: -1, mean: 0 };
    for (const other of links[group]?.keys() ?? []) {
      const mean = meanOf(group, other);
      if (mean > best.mean || (mean === best.mean && other < best.other)) best = { other, mean };
    }
    return best;
  };
  // Nearest-neighbour chain (Benzécri, 1982): two that are nearest to each other merge, whatever else does, with the same result.
  const left = new Set(links.keys());
  const chain: number[] = [];
  let steps = 0;
  while (left.size > 0) {
    if (steps++ % SLICE === 0) await untilIdle();
    if (chain.length === 0) chain.push(left.values().next().value ?? 0);
    const last = chain.at(-1) ?? 0;
    const { other, mean } = nearest(last);
    if (mean < ALIKE) {
      // It will merge with nothing any more.
      chain.pop();
      left.delete(last);
    } else if (other === chain.at(-2)) {
      chain.splice(-2);
      merge(last, other);
      left.delete(last);
      left.add(other);
    } else chain.push(other);
  }
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] ?? root;
    return root;
  };
  return parent.map((_, index) => rootOf(index));

  /** Makes `one` part of `other`. */
  function merge(one: number, other: number): void {
    const own = links[one] ?? new Map<number, number>();
    const target = links[other] ?? new Map<number, number>();
    for (const [third, sum] of own) {
      links[third]?.delete(one);
      if (third === other) continue;
      const total = (target.get(third) ?? 0) + sum;
      target.set(third, total);
      links[third]?.set(other, total);
    }
    target.delete(one);
    links[one] = new Map();
    size[other] = (size[other] ?? 1) + (size[one] ?? 1);
    parent[one] = other;
  }
}
