/** Which representation of wording and which penalty: by cross-validation over topics, on training pairs alone. */
import { mapTopics } from './topics.ts';
import {
  createDesign,
  learnApproaches,
  representations,
  toRow,
  type Representation,
  type WordedPair,
} from './design.ts';
import { crossEntropy, fitLogistic, predict } from './logistic.ts';

const MAX_FOLDS = 5;

/** A way to fit, and how well it told the pairs of topics that it had not seen. */
export interface Candidate {
  readonly representation: Representation;
  /** Strength of the L2 penalty. */
  readonly l2: number;
  /** Mean cross-entropy per pair, in nats; ln 2 is chance. */
  readonly loss: number;
}

interface Tried extends Candidate {
  /** Sum of weighted losses by topic, in the order of the topics. */
  readonly byTopic: Float64Array;
}

/** The one to fit by, that of the hand-made list at its best, and all that were tried. */
export interface Choice {
  readonly chosen: Pick<Candidate, 'representation' | 'l2'>;
  readonly list: Pick<Candidate, 'l2'>;
  /** Null with fewer than two topics, where the simplest and the strongest penalty are taken. */
  readonly tried: readonly Candidate[] | null;
}

/**
 * The simplest representation that is not told from the one with the least loss: its loss is within one standard error, over
 * topics, of the least (Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984, section 3.4.3). Each stands
 * for its best penalty. What the rows are made with besides scores is learned without the topics left out, too.
 */
export function chooseFit(
  pairs: readonly WordedPair[],
  topics: readonly string[],
  penalties: readonly number[],
  buckets: number,
): Choice {
  const strongest = { l2: Math.max(...penalties) };
  if (topics.length < 2)
    return { chosen: { representation: 'words', ...strongest }, list: strongest, tried: null };
  const tried = representations.map((representation) =>
    tryOut(representation, pairs, topics, penalties, buckets),
  );
  const bests = tried.map((all) => all.reduce((least, one) => (one.loss < least.loss ? one : least)));
  const best = bests.reduce((least, one) => (one.loss < least.loss ? one : least));
  const chosen = bests.find((one) => isAsGood(one, best)) ?? best;
  const list = bests[representations.indexOf('list')] ?? best;
  return {
    chosen,
    list,
    tried: tried.flat().map(({ representation, l2, loss }) => ({ representation, l2, loss })),
  };
}

function isAsGood(one: Tried, best: Tried): boolean {
  const excess = one.byTopic.map((loss, topic) => loss - best.byTopic[topic]!);
  const mean = excess.reduce((sum, value) => sum + value, 0) / excess.length;
  const squares = excess.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return mean <= Math.sqrt(squares / (excess.length * (excess.length - 1)));
}

function tryOut(
  representation: Representation,
  pairs: readonly WordedPair[],
  topics: readonly string[],
  penalties: readonly number[],
  buckets: number,
): Tried[] {
  const descending = penalties.toSorted((one, other) => other - one);
  const byTopic = descending.map(() => new Float64Array(topics.length));
  const place = new Map(topics.map((topic, index) => [topic, index]));
  const foldOf = mapTopics(topics, Math.min(MAX_FOLDS, topics.length));
  const totalWeight = pairs.reduce((sum, { pair }) => sum + pair.weight, 0);
  for (const fold of new Set(foldOf.values())) {
    const learned = pairs.filter(({ pair }) => foldOf.get(pair.topic) !== fold);
    const leftOut = pairs.filter(({ pair }) => foldOf.get(pair.topic) === fold);
    const design = createDesign(learned, buckets, representation);
    const approachWeights = learnApproaches(learned, design);
    const meanWeight = totalWeight / pairs.length;
    const rowsOf = (some: readonly WordedPair[]): ReturnType<typeof toRow>[] =>
      some.map((one) => toRow(one, design, approachWeights, meanWeight));
    const [rows, tests] = [rowsOf(learned), rowsOf(leftOut)];
    let beta: Float64Array | undefined;
    for (const [position, l2] of descending.entries()) {
      beta = fitLogistic(rows, design.width, l2, beta);
      for (const [index, row] of tests.entries()) {
        const topic = place.get(leftOut[index]!.pair.topic)!;
        byTopic[position]![topic]! += row.weight * crossEntropy(predict(row, beta), row.probability);
      }
    }
  }
  return descending.map((l2, position) => ({
    representation,
    l2,
    loss: byTopic[position]!.reduce((sum, loss) => sum + loss, 0) / pairs.length,
    byTopic: byTopic[position]!,
  }));
}
