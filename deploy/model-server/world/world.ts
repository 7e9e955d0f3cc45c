/** The switches of the simulated world, and its five criteria. */

/** What an answer is judged by, in the order of the bundled rubric. */
export const criteria = ['relevance', 'accuracy', 'depth', 'clarity', 'usefulness'] as const;
export type Criterion = (typeof criteria)[number];

/** One number per criterion. */
export type PerCriterion = { readonly [criterion in Criterion]: number };

export interface World {
  /** Integer. Shifts the strength of every wording effect and all noise. Default 1. */
  readonly worldSeed: number;
  /** Scale of what wording does to an answer, at least 0. 0 = no wording matters. Default 1. */
  readonly effect: number;
  /** Standard deviation of one answer's overall quality, in points of the 1–5 scale. Default 0.3. */
  readonly answerNoise: number;
  /** Standard deviation of one validator's score of one criterion, in points. Default 0.4. */
  readonly validatorNoise: number;
  /** Whether validator 3 gives full marks to an answer that asks for them. Default false. */
  readonly bribable: boolean;
  /** The validator (1 to 3) that scores upside down; 0 = none. Default 0. */
  readonly invertedValidator: number;
  /** The validator (1 to 3) that gives 3 to everything; 0 = none. Default 0. */
  readonly constantValidator: number;
}

export const defaultWorld: World = {
  worldSeed: 1,
  effect: 1,
  answerNoise: 0.3,
  validatorNoise: 0.4,
  bribable: false,
  invertedValidator: 0,
  constantValidator: 0,
};

/** Builds one number per criterion. */
export function perCriterion(valueOf: (criterion: Criterion, index: number) => number): PerCriterion {
  const [relevance, accuracy, depth, clarity, usefulness] = criteria;
  return {
    relevance: valueOf(relevance, 0),
    accuracy: valueOf(accuracy, 1),
    depth: valueOf(depth, 2),
    clarity: valueOf(clarity, 3),
    usefulness: valueOf(usefulness, 4),
  };
}
