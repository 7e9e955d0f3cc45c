import { wordsOf } from './words.ts';

/** Word-set similarity at or above which two texts count as the same. */
const sameAbove = 0.8;

/**
 * The first of every group of items whose texts say the same in the same words; order is kept. Only texts that share
 * a rare word are compared: of two with Jaccard similarity t, the |x| − ⌈t·|x|⌉ + 1 rarest words of each must meet
 * (prefix filtering; Bayardo, Ma & Srikant, "Scaling up all pairs similarity search", WWW 2007, section 4).
 */
export function keepDistinct<Item>(items: readonly Item[], textOf: (item: Item) => string): Item[] {
  const sets = items.map((item) => wordSet(textOf(item)));
  const frequency = new Map<string, number>();
  for (const word of sets.flatMap((set) => [...set])) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const rarity = (word: string): number => frequency.get(word) ?? 0;

  const keptByWord = new Map<string, Set<string>[]>();
  return items.filter((_item, index) => {
    const words = sets[index] ?? new Set();
    const rarest = [...words]
      .toSorted((one, other) => rarity(one) - rarity(other) || (one < other ? -1 : 1))
      // Less a hair, because 0.8 × 15 is a little more than 12.
      .slice(0, words.size - Math.ceil(sameAbove * words.size - 1e-9) + 1);
    const candidates = new Set(rarest.flatMap((word) => keptByWord.get(word) ?? []));
    if (words.size === 0 || [...candidates].some((other) => jaccard(words, other) >= sameAbove)) return false;
    for (const word of rarest) keptByWord.set(word, [...(keptByWord.get(word) ?? []), words]);
    return true;
  });
}

/** The items that say nothing of what others have said before, each once. */
export function withoutNearDuplicates<Item>(
  items: readonly Item[],
  earlier: readonly string[],
  textOf: (item: Item) => string,
): Item[] {
  const texts = [
    ...earlier.map((text) => ({ text, items: [] as Item[] })),
    ...items.map((item) => ({ text: textOf(item), items: [item] })),
  ];
  return keepDistinct(texts, ({ text }) => text).flatMap((kept) => kept.items);
}

/** Jaccard similarity of two texts' word sets, 0 to 1. */
export function wordSimilarity(left: string, right: string): number {
  return jaccard(wordSet(left), wordSet(right));
}

function wordSet(text: string): Set<string> {
  return new Set(wordsOf(text));
}

function jaccard(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const smaller = left.size < right.size ? left : right;
  const larger = smaller === left ? right : left;
  let shared = 0;
  for (const word of smaller) if (larger.has(word)) shared++;
  const union = left.size + right.size - shared;
  return union === 0 ? 1 : shared / union;
}
