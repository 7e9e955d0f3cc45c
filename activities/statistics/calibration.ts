/**
 * Makes the validators' scores comparable and weighs the validators by how far they agree.
 * Centring on the base prompt takes out a validator's leniency and the prompt's difficulty; dividing by its
 * spread takes out how much of the scale it uses.
 */
import { correlate } from './correlation.ts';
import { groupBy } from './group-by.ts';

/** One validator's score of one variation (its criteria already averaged); null = missing. */
export interface Rating {
  readonly basePromptIdx: number;
  readonly variationIdx: number;
  readonly validator: number;
  readonly score: number | null;
}

/** A variation's place among the variations of its base prompt; 0 = their mean, higher is better. */
interface CalibratedScore {
  readonly basePromptIdx: number;
  readonly variationIdx: number;
  /** Weighted mean of the validators' z-scores that are there. */
  readonly score: number;
  /** z-score by validator; a validator without one is absent. */
  readonly byValidator: ReadonlyMap<number, number>;
}

interface ValidatorCalibration {
  readonly validator: number;
  /** Pooled within-prompt standard deviation of its scores, before the floor. */
  readonly spread: number;
  /** Correlation of its z-scores with the mean of the others'; 0 if it cannot be computed. */
  readonly agreement: number;
  /** Variations on which the agreement rests. */
  readonly count: number;
  /** Share of its voice; all weights sum to 1. */
  readonly weight: number;
}

export interface Calibration {
  /** In order of first appearance; a variation that no validator scored is absent. */
  readonly scores: readonly CalibratedScore[];
  /** Ascending by validator. */
  readonly validators: readonly ValidatorCalibration[];
}

/** Least standard deviation divided by: a nearly constant validator must not be blown up into a loud one. */
const SPREAD_FLOOR = 0.1;
/** Pseudo-observations that pull the weights towards equal, and the least weight before normalising. */
const SHRINKAGE = 200;
const WEIGHT_FLOOR = 0.1;
/** Each halves the distance to the solution, at least; scores have two digits. */
const ALIGNMENT_ROUNDS = 20;

/**
 * z = (score − mean over that prompt's variations) ÷ max(pooled within-prompt SD, 0.1), per validator. One that
 * gives the same score to all variations of every prompt says nothing and gets no z-scores.
 * Weight before normalising: max(0.1, (n·r + 200/J) ÷ (n + 200)), with r the correlation with the mean of the
 * other validators' z-scores over the n variations that both have, J the number of validators: equal weights
 * until there is evidence against them.
 */
export function calibrate(ratings: readonly Rating[]): Calibration {
  const numbers = [...new Set(ratings.map(({ validator }) => validator))].toSorted(
    (one, other) => one - other,
  );
  const present = ratings.filter((rating): rating is PresentRating => rating.score !== null);
  const variations = new Map<string, Variation>();
  const spreads = new Map<number, number>();
  for (const validator of numbers) {
    const own = present.filter((rating) => rating.validator === validator);
    const { centred, spread } = centre(own);
    spreads.set(validator, spread);
    if (spread === 0) continue;
    own.forEach(({ basePromptIdx, variationIdx }, index) => {
      const key = `${basePromptIdx},${variationIdx}`;
      const variation = variations.get(key) ?? { basePromptIdx, variationIdx, byValidator: new Map() };
      variation.byValidator.set(validator, centred[index]! / Math.max(spread, SPREAD_FLOOR));
      variations.set(key, variation);
    });
  }

  const prompts = groupBy(variations.values(), ({ basePromptIdx }) => basePromptIdx);
  for (const variationsOfPrompt of prompts.values()) alignValidators(variationsOfPrompt);
  const validators = weigh(numbers, spreads, [...variations.values()]);
  const weights = new Map(validators.map(({ validator, weight }) => [validator, weight]));
  const scores = [...variations.values()].map((variation) => {
    let [sum, weight] = [0, 0];
    for (const [validator, z] of variation.byValidator) {
      sum += weights.get(validator)! * z;
      weight += weights.get(validator)!;
    }
    return { ...variation, score: sum / weight };
  });
  return { scores, validators };
}

type PresentRating = Rating & { readonly score: number };
interface Variation {
  readonly basePromptIdx: number;
  readonly variationIdx: number;
  readonly byValidator: Map<number, number>;
}

/**
 * A validator that saw the better variations only must not make them look average: its z-scores are shifted until they lie
 * as high, on average over what it saw, as the mean of all validators does there (least squares of variation + validator
 * effects, by alternation). Where all have seen the same, nothing moves.
 */
function alignValidators(variations: readonly Variation[]): void {
  const numbers = [...new Set(variations.flatMap(({ byValidator }) => [...byValidator.keys()]))];
  if (numbers.every((number) => variations.every(({ byValidator }) => byValidator.has(number)))) return;
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const levelOf = ({ byValidator }: Variation): number => meanOf([...byValidator.values()]);
  const shift = (seen: readonly Variation[], number: number, by: number): void => {
    for (const { byValidator } of seen) byValidator.set(number, byValidator.get(number)! + by);
  };
  for (let round = 0; round < ALIGNMENT_ROUNDS; round += 1) {
    for (const number of numbers) {
      const seen = variations.filter(({ byValidator }) => byValidator.has(number));
      shift(seen, number, meanOf(seen.map((one) => levelOf(one) - one.byValidator.get(number)!)));
    }
  }
  const middle = meanOf(variations.map(levelOf));
  for (const number of numbers)
    shift(
      variations.filter(({ byValidator }) => byValidator.has(number)),
      number,
      -middle,
    );
}

/** Scores less their prompt's mean, and the pooled standard deviation of those. */
function centre(ratings: readonly PresentRating[]): { centred: number[]; spread: number } {
  const prompts = new Map<number, { sum: number; count: number }>();
  for (const { basePromptIdx, score } of ratings) {
    const { sum, count } = prompts.get(basePromptIdx) ?? { sum: 0, count: 0 };
    prompts.set(basePromptIdx, { sum: sum + score, count: count + 1 });
  }
  const centred = ratings.map(({ basePromptIdx, score }) => {
    const { sum, count } = prompts.get(basePromptIdx)!;
    return score - sum / count;
  });
  const degrees = ratings.length - prompts.size;
  const squares = centred.reduce((sum, value) => sum + value * value, 0);
  // Equal decimal scores differ from their computed mean in the last digit.
  const spread = degrees > 0 && squares > 1e-18 * ratings.length ? Math.sqrt(squares / degrees) : 0;
  return { centred, spread };
}

function weigh(
  numbers: readonly number[],
  spreads: ReadonlyMap<number, number>,
  variations: readonly Variation[],
): ValidatorCalibration[] {
  const raw = numbers.map((validator) => {
    const pairs: [number, number][] = [];
    for (const { byValidator } of variations) {
      const own = byValidator.get(validator);
      const others = [...byValidator].filter(([number]) => number !== validator).map(([, z]) => z);
      if (own === undefined || others.length === 0) continue;
      pairs.push([own, others.reduce((sum, z) => sum + z, 0) / others.length]);
    }
    const agreement = correlate(pairs);
    const count = pairs.length;
    const shrunk = (count * agreement + SHRINKAGE / numbers.length) / (count + SHRINKAGE);
    return {
      validator,
      spread: spreads.get(validator)!,
      agreement,
      count,
      weight: Math.max(WEIGHT_FLOOR, shrunk),
    };
  });
  const total = raw.reduce((sum, { weight }) => sum + weight, 0);
  return raw.map((validator) => ({ ...validator, weight: validator.weight / total }));
}
