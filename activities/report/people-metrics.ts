import type { AgreementMetrics, Estimate } from './estimates.ts';

/** How far a validator and the people agree on one criterion (Krippendorff's alpha), as if people had been asked about every answer. */
export interface PeopleAgreement extends AgreementMetrics {
  readonly validator: number;
  /** Answers (of `pairwise`, pairs) that both judged. */
  readonly answers: number;
}

/** What people said of a sample of the test's answers, not knowing whose they were. */
export interface PeopleMetrics {
  /** Scores by criterion, or only which answer is better. */
  readonly form: 'criteria' | 'pairwise';
  /** The arm that they saw beside the baseline. */
  readonly arm: string;
  /** Pairs in the sample, and those that somebody labelled. */
  readonly asked: number;
  readonly labelled: number;
  /** How many people. */
  readonly people: number;
  /** Whether their labels were made up by a program, for a test or a demonstration. */
  readonly simulated: boolean;
  /**
   * By the judges alone, on all test prompts, and corrected by what people said of some of them: the gain in points, or with
   * `pairwise` the share of the prompts whose optimized answer is better. Null where no pair is labelled whole.
   */
  readonly judged: Estimate | null;
  readonly corrected: Estimate | null;
  /** How far the correction rests on the judges for what people did not see, 0 to 1. */
  readonly judgeWeight: number | null;
  /** Of each validator and criterion. */
  readonly agreement: readonly PeopleAgreement[];
  /** Of the people among themselves; alpha is null with one alone. */
  readonly amongPeople: readonly AgreementMetrics[];
}
