/**
 * From pairs to rows of numbers, in one of three representations of wording. What rewritings of one approach have in common is
 * learned from which approach each was made by, without any score, so that what is learned of one of its sentences is learned of all.
 */
import type { TrainingPair } from '../trainer.ts';
import { features, featurize, type SparseVector } from './features.ts';
import type { LogisticRow } from './logistic.ts';
import { fitRidge, product, type SparseRow } from './ridge.ts';

/**
 * `words`: n-grams of words, pooled by approach; `pieces`: besides, pieces of words; `list`: besides the words, the hand-made
 * features, which know English. From the simplest on. Durable: they stand in model files.
 */
export const representations = ['words', 'pieces', 'list'] as const;
export type Representation = (typeof representations)[number];

/** Base prompts that must have a gram added for it to be learned from: what one has alone is its subject. */
const LEAST_PROMPTS = 2;
/** A feature that differs this little between the prompts of pairs is not blown up to a full one. */
const SCALE_FLOOR = 0.2;
/** Penalty of the regression that tells approaches by their grams. */
const APPROACH_PENALTY = 0.3;

/** How the prompts of a pair are worded. */
export interface WordedPair {
  readonly pair: TrainingPair;
  readonly untouched: SparseVector;
  readonly chosen: SparseVector;
  readonly rejected: SparseVector;
}

/** What a fit is made in: columns of hand-made features, of grams, and of approaches. */
export interface Design {
  /** By hand-made feature: what its values are divided by. */
  readonly scales: readonly number[];
  /** By index of a vector of `featurize`: its column, and what its values are multiplied by. */
  readonly columns: ReadonlyMap<number, { readonly column: number; readonly factor: number }>;
  readonly approaches: readonly string[];
  /** Columns in all, those of the approaches last. */
  readonly width: number;
}

/** By approach: what each column of a gram says for it. */
export type ApproachWeights = readonly Float64Array[];

export function wordPair(pair: TrainingPair, buckets: number): WordedPair {
  const word = (text: string): SparseVector => featurize(pair.prompt, text, buckets);
  return { pair, untouched: word(pair.prompt), chosen: word(pair.chosen), rejected: word(pair.rejected) };
}

/** The columns that a representation has in these pairs. Only grams that several base prompts had added have one. */
export function createDesign(
  pairs: readonly WordedPair[],
  buckets: number,
  representation: Representation,
): Design {
  const scales = scalesOf(pairs);
  const promptsWith = new Map<number, Set<number>>();
  for (const { pair, chosen, rejected } of pairs)
    for (const index of [...chosen.keys(), ...rejected.keys()]) {
      const prompts = promptsWith.get(index) ?? new Set();
      promptsWith.set(index, prompts.add(pair.basePromptIdx));
    }
  const firstPiece = features.length + buckets;
  const has = (index: number): boolean => {
    if (index < features.length) return representation === 'list';
    if ((promptsWith.get(index)?.size ?? 0) < LEAST_PROMPTS) return false;
    return index < firstPiece || representation === 'pieces';
  };
  const indices = [...promptsWith.keys()].filter(has).toSorted((one, other) => one - other);
  const wordFactor = factorOf(
    pairs,
    new Set(indices.filter((index) => index >= features.length && index < firstPiece)),
  );
  const pieceFactor = factorOf(pairs, new Set(indices.filter((index) => index >= firstPiece)));
  const factor = (index: number): number => {
    if (index < features.length) return 1 / (scales[index] ?? 1);
    return index < firstPiece ? wordFactor : pieceFactor;
  };
  const columns = new Map(indices.map((index, column) => [index, { column, factor: factor(index) }]));
  const approaches = [...new Set(pairs.flatMap((one) => approachesOf(one)))].toSorted();
  return { scales, columns, approaches, width: columns.size + approaches.length };
}

/** Root mean square difference of each hand-made feature, with the floor. */
function scalesOf(pairs: readonly WordedPair[]): number[] {
  return features.map((_, index) => {
    const squares = pairs.reduce(
      (sum, { chosen, rejected }) => sum + ((chosen.get(index) ?? 0) - (rejected.get(index) ?? 0)) ** 2,
      0,
    );
    return Math.max(SCALE_FLOOR, Math.sqrt(squares / pairs.length));
  });
}

/** So that a rewriting of the usual number of grams is as long a vector as one hand-made feature. */
function factorOf(pairs: readonly WordedPair[], kept: ReadonlySet<number>): number {
  const counts = pairs.flatMap(({ chosen, rejected }) =>
    [chosen, rejected].map((vector) => [...vector.keys()].filter((index) => kept.has(index)).length),
  );
  const rewritten = counts.filter((count) => count > 0);
  const usual = rewritten.reduce((sum, count) => sum + count, 0) / Math.max(1, rewritten.length);
  return 1 / Math.sqrt(Math.max(1, usual));
}

function approachesOf({ pair }: WordedPair): string[] {
  return [pair.chosenApproach, pair.rejectedApproach].filter(
    (name) => name != null && name !== UNTOUCHED,
  ) as string[];
}
/** As it stands in `prompt_variations`. */
const UNTOUCHED = 'untouched';

/** Learns to tell approaches by the grams of the prompts of these pairs: linear, so that of two approaches both are seen. */
export function learnApproaches(pairs: readonly WordedPair[], design: Design): ApproachWeights {
  const made = new Map<string, { readonly row: SparseRow; readonly approach: string }>();
  for (const { pair, chosen, rejected } of pairs)
    for (const [text, vector, approach] of [
      [pair.chosen, chosen, pair.chosenApproach],
      [pair.rejected, rejected, pair.rejectedApproach],
    ] as const)
      if (approach != null && approach !== UNTOUCHED)
        made.set(`${pair.basePromptIdx}:${text}`, { row: gramsOf(vector, design), approach });
  const known = [...made.values()];
  const rows = known.map(({ row }) => row);
  return design.approaches.map((name) =>
    fitRidge(
      rows,
      Float64Array.from(known, ({ approach }) => Number(approach === name)),
      design.columns.size,
      APPROACH_PENALTY,
    ),
  );
}

function gramsOf(vector: SparseVector, { columns }: Design): SparseRow {
  return sparseRow(
    [...vector].flatMap(([index, value]) => {
      const place = index < features.length ? undefined : columns.get(index);
      return place === undefined ? [] : [[place.column, value * place.factor] as const];
    }),
  );
}

function sparseRow(entries: readonly (readonly [number, number])[]): SparseRow {
  return {
    indices: Int32Array.from(entries, ([column]) => column),
    values: Float64Array.from(entries, ([, value]) => value),
  };
}

/** Chosen less rejected. @param meanWeight the weight that counts as 1 */
export function toRow(
  { pair, chosen, rejected }: WordedPair,
  design: Design,
  approachWeights: ApproachWeights,
  meanWeight: number,
): LogisticRow {
  const difference = new Map(chosen);
  for (const [index, value] of rejected) difference.set(index, (difference.get(index) ?? 0) - value);
  const grams = gramsOf(difference, design);
  const listed = [...difference].flatMap(([index, value]) => {
    const place = index < features.length ? design.columns.get(index) : undefined;
    return place === undefined || value === 0 ? [] : [[place.column, value * place.factor] as const];
  });
  const pooled = approachWeights.map(
    (weights, approach) => [design.columns.size + approach, product(grams, weights)] as const,
  );
  const own = [...grams.indices].map((column, position) => [column, grams.values[position]!] as const);
  const { indices, values } = sparseRow([
    ...listed,
    ...own.filter(([, value]) => value !== 0),
    ...pooled.filter(([, value]) => value !== 0),
  ]);
  return { indices, values, probability: pair.probability, weight: pair.weight / meanWeight };
}

/** What a fit in a design gives each index of `featurize`: its own weight, and its share of those of the approaches. */
export function weightsOf(
  beta: Float64Array,
  { columns }: Design,
  approachWeights: ApproachWeights,
): ReadonlyMap<number, number> {
  return new Map(
    [...columns].map(([index, { column, factor }]) => {
      if (index < features.length) return [index, beta[column]! * factor];
      const pooled = approachWeights.reduce(
        (sum, weights, approach) => sum + weights[column]! * beta[columns.size + approach]!,
        0,
      );
      return [index, (beta[column]! + pooled) * factor];
    }),
  );
}
