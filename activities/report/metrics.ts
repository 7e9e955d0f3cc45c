/**
 * Content of `results/evaluations/<runId>/metrics.json`: everything a run found, and all that its report shows.
 * Durable; `metrics.schema.json` says the same to other tools. Scores are points of the rubric's scale, 1 to 5;
 * a gain is arm − baseline on the same base prompts, so that above 0 is better. Texts are as models and users
 * wrote them: whoever shows them makes them harmless.
 */
import type { Split } from '../../configs/types.ts';

/** A mean with its 95% interval; the ends are null where it cannot be had (fewer than two topics). */
export interface Estimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A share between 0 and 1 with its 95% interval. */
interface Share {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Verdict {
  readonly kind: 'gain' | 'no gain' | 'worse';
  /** The arm it is about; null if there was none. */
  readonly arm: string | null;
  /** One plain sentence. */
  readonly sentence: string;
}

interface GainMetrics extends Estimate {
  /** Two-sided p-value of no difference, adjusted over the arms by Holm's method. */
  readonly pHolm: number | null;
}

interface WinRateMetrics extends Share {
  /** Base prompts on which the arm scored higher, the same, lower; `value` counts ties half. */
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
}

interface CriterionMetrics {
  /** The criterion's name in the rubric, e.g. `Relevance`. */
  readonly name: string;
  /** Mean score of the arm and of the baseline. */
  readonly mean: number;
  readonly baseline: number;
  readonly gain: Estimate;
}

/** The untouched base prompts, which every arm is compared with. */
export interface BaselineMetrics {
  /** 0 if no test prompt could be compared. */
  readonly meanScore: number;
  /** Mean score of each test prompt, in the order of `base_prompt_idx`. */
  readonly scores: readonly number[];
}

export interface ArmMetrics extends BaselineMetrics {
  readonly name: string;
  readonly gain: GainMetrics;
  readonly winRate: WinRateMetrics;
  /** One for each criterion, in the rubric's order. */
  readonly criteria: readonly CriterionMetrics[];
  /** Mean length of the answers ÷ that of the baseline's answers, in words. */
  readonly lengthRatio: number;
  /** The gain as each validator alone sees it. */
  readonly validatorGains: readonly { readonly validator: number; readonly gain: number }[];
}

/** Krippendorff's alpha of the validators on one criterion; null where nothing could be compared. */
export interface AgreementMetrics {
  readonly criterion: string;
  readonly alpha: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ValidatorMetrics {
  readonly validator: number;
  readonly model: string;
  /** Over all its scores of the run. */
  readonly meanScore: number;
  /** Scores it should have given and did not. */
  readonly missing: number;
}

interface RankerMetricsSummary {
  readonly trainPairs: number;
  readonly heldOutPairs: number;
  /** Share of held-out pairs ordered rightly; 0.5 is chance. Null if there were none. */
  readonly heldOutAccuracy: Share | null;
  /** As sent to the prompt-optimization model, e.g. `Asking for examples (helps)`. */
  readonly lessons: readonly string[];
}

export interface StageSpend {
  readonly stage: string;
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Sum of the calls' wall times. */
  readonly seconds: number;
}

/** One test prompt, with the arm of the verdict beside the baseline. */
export interface ExampleMetrics {
  readonly kind: 'best' | 'median' | 'worst';
  readonly topic: string;
  readonly basePrompt: string;
  readonly optimizedPrompt: string;
  readonly baselineAnswer: string;
  readonly optimizedAnswer: string;
  readonly baselineScore: number;
  readonly optimizedScore: number;
}

export interface Metrics {
  readonly version: 1;
  readonly verdict: Verdict;
  readonly run: string;
  readonly definition: string;
  /** Of the pinned definition, settings and texts. */
  readonly digest: string;
  readonly seed: number;
  /** ISO 8601. */
  readonly evaluatedAt: string;
  readonly models: readonly { readonly role: string; readonly name: string; readonly simulated: boolean }[];
  /** What matters of the settings, by what it is called in words. */
  readonly settings: { readonly [name: string]: string | number };
  readonly counts: {
    readonly basePrompts: { readonly [split in Split]: number };
    readonly topics: number;
    readonly variations: number;
    readonly answers: number;
    /** Scores expected, missing ones included. */
    readonly scores: number;
    readonly missingScores: number;
    /** Base prompts of the test that every arm has scores of, and their topics. */
    readonly testPrompts: number;
    readonly testTopics: number;
  };
  readonly baseline: BaselineMetrics;
  /** Without the baseline; may be empty. */
  readonly arms: readonly ArmMetrics[];
  readonly agreement: readonly AgreementMetrics[];
  readonly validators: readonly ValidatorMetrics[];
  /** Null if none was trained. */
  readonly ranker: RankerMetricsSummary | null;
  readonly fineTuning: {
    readonly status: 'trained' | 'skipped';
    readonly reason: string;
    readonly examples: number;
  };
  /** In the order of the pipeline. */
  readonly spend: readonly StageSpend[];
  /** Smallest true gain, in points, that this test finds with 80% probability at a two-sided 5%. */
  readonly detectableEffect: number | null;
  readonly examples: readonly ExampleMetrics[];
  /** Each one sentence: what a reader must know before believing the figures. */
  readonly warnings: readonly string[];
}
