/** Word-set similarity at or above which two texts count as the same. */
const sameAbove = 0.8;

/** The first of every group of items whose texts say the same in the same words; order is kept. */
export function keepDistinct<Item>(items: readonly Item[], textOf: (item: Item) => string): Item[] {
  const kept: Item[] = [];
  const seen = new Set<string>();
  const words: Set<string>[] = [];
  for (const item of items) {
    const set = wordSet(textOf(item));
    const normalised = [...set].toSorted().join(' ');
    if (normalised === '' || seen.has(normalised) || words.some((other) => jaccard(set, other) >= sameAbove))
      continue;
    seen.add(normalised);
    words.push(set);
    kept.push(item);
  }
  return kept;
}

/** Jaccard similarity of two texts' word sets, 0 to 1. */
export function wordSimilarity(left: string, right: string): number {
  return jaccard(wordSet(left), wordSet(right));
}

function wordSet(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

function jaccard(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const smaller = left.size < right.size ? left : right;
  const larger = smaller === left ? right : left;
  let shared = 0;
  for (const word of smaller) if (larger.has(word)) shared++;
  const union = left.size + right.size - shared;
  return union === 0 ? 1 : shared / union;
}
