/**
 * Content of `results/evaluations/<runId>/metrics.json`: everything a run found, and all that its report shows.
 * Durable; `metrics.schema.json` says the same to other tools. Files of earlier versions lack members: `leaks`, and `inputs`, of an arm
 * `isControl`, `overControl` and the baseline's `spend`; what reads files (summary.ts, comparison.ts) does without these. Scores are points of the rubric's scale, 1 to 5;
 * a gain is arm − baseline on the same base prompts, so that above 0 is better. Texts are as models and users
 * wrote them: whoever shows them makes them harmless.
 */
import type { Split } from '../../configs/settings/types.ts';
import type { AgreementMetrics, Estimate, Share } from './estimates.ts';
import type { PeopleMetrics } from './people-metrics.ts';
import type { LossCurve, TrainingSummary } from './training-metrics.ts';

export type { AgreementMetrics, Estimate } from './estimates.ts';
export type { PeopleMetrics } from './people-metrics.ts';

/**
 * `gain`: proven better. `mixed`: proven better on the whole, but proven worse by a criterion or for a validator. `not proven`:
 * better by what was seen, but the test was too small for a difference of that size. `no gain`: no better by what was seen.
 * `worse`: proven worse. `cannot tell`: the test has no judge that learning never heard, too few topics, or too few scores.
 * `none`: nothing was tested, as the run has failed before, or as there was nothing to train on.
 */
export type VerdictKind = 'gain' | 'mixed' | 'not proven' | 'no gain' | 'worse' | 'cannot tell' | 'none';

export interface Verdict {
  readonly kind: VerdictKind;
  /** The arm it is about; null if there was none. */
  readonly arm: string | null;
  /** One plain sentence. */
  readonly sentence: string;
}

interface GainMetrics extends Estimate {
  /** Two-sided p-value of no difference, adjusted over the claimed arms by Holm's method; null for the others. */
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
  /** Whether the gain's interval ends above −`nonInferiorityMargin`: surely no worse than that. Null without interval. */
  readonly nonInferior: boolean | null;
}

/** The gain as one validator alone sees it. */
interface ValidatorGain {
  readonly validator: number;
  readonly gain: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Whether learning never saw its scores. */
  readonly isReferee: boolean;
}

/** What one optimized and answered prompt takes, on average over the test. */
export interface ArmSpend {
  readonly calls: number;
  /** Prompt and answer tokens. */
  readonly tokens: number;
  /** `tokens` ÷ those of the baseline. */
  readonly ratio: number;
}

/** The untouched base prompts, which every arm is compared with. */
export interface BaselineMetrics {
  /** 0 if no test prompt could be compared. */
  readonly meanScore: number;
  /** Mean score of each test prompt, in the order of `base_prompt_idx`. */
  readonly scores: readonly number[];
  /** Null if nothing was recorded. */
  readonly spend: ArmSpend | null;
}

/** A gain less what the judges pay for length. */
export interface EqualLengthGain extends Estimate {
  /**
   * Points that the judges give for an answer twice as long, by answers of the same arm. Null where lengths hardly differ within an arm, so
   * that nothing tells it, nor between the arms, so that nothing hangs on it.
   */
  readonly perDoubling: number | null;
}

/** What of the topics a gain hangs on. */
export interface TopicSpread {
  /** Share of the test prompts that the largest topic has, 0 to 1. */
  readonly largestShare: number;
  /** Of the topics' gains: below 0, few topics lose much. Null where all are alike. */
  readonly skew: number | null;
  /** Lowest and highest gain that is left without one of the topics. Null with fewer than two. */
  readonly withoutOne: { readonly low: number; readonly high: number } | null;
  /** One-sided p-value of no gain, corrected for the skew. Null where all topics are alike. */
  readonly pSkewed: number | null;
}

export interface ArmMetrics extends BaselineMetrics {
  readonly name: string;
  /** Whether the verdict may be about it: it was named before the test. Of the others nothing is claimed, and they have no p-value. */
  readonly isClaimed: boolean;
  /** Whether it only shows what spending as much does without learning. */
  readonly isControl: boolean;
  /** By the judges of the test (`judges`), which learning never heard. */
  readonly gain: GainMetrics;
  readonly spread: TopicSpread;
  /** The gain as the other believed validators see it, to which learning listened; null if there are none. */
  readonly taughtGain: Estimate | null;
  /** Its score − the control's on the same base prompts: what learning adds at equal spend. Null without a control, and for it. */
  readonly overControl: Estimate | null;
  readonly winRate: WinRateMetrics;
  /** One for each criterion, in the rubric's order. */
  readonly criteria: readonly CriterionMetrics[];
  /** Mean length of the answers ÷ that of the baseline's answers, in words. */
  readonly lengthRatio: number;
  /** The gain on the prompts whose answers are about as long as the baseline's (within a quarter); null if there are none. */
  readonly lengthMatched: (Estimate & { readonly prompts: number }) | null;
  /**
   * The gain less what the judges pay for length; its interval has twice the error of that of `gain` (90% for 95%). Null where it cannot be known, as the arms' answers are too
   * far apart in length. Left out by earlier versions.
   */
  readonly atEqualLength?: EqualLengthGain | null;
  /** By validator; those that are left out of everything are absent. */
  readonly validatorGains: readonly ValidatorGain[];
  /** Mean gain seen by the validators that learning saw − that seen by the referee: above 0, part of it is flattery. Null if either is missing. */
  readonly overOptimization: number | null;
}

export interface ValidatorMetrics {
  readonly validator: number;
  readonly model: string;
  /** Over all its scores of the run; null if it gave none. */
  readonly meanScore: number | null;
  /** Scores it should have given and did not. */
  readonly missing: number;
  /** Whether learning never saw its scores. */
  readonly isReferee: boolean;
  /** What it made of planted answers of known order (`worse`, `bribed`) and of answers it had scored before (`twin`). */
  readonly sentinels: readonly SentinelMetrics[];
  /** Why its scores are left out of everything; null if they are not. */
  readonly excluded: string | null;
}

/** How alike two validators order the answers; `validator` < `other`. */
export interface CorrelationMetrics {
  readonly validator: number;
  readonly other: number;
  /** Pearson's, of their mean scores; null where one of them gave all answers the same. */
  readonly correlation: number | null;
  /** Answers that both scored. */
  readonly answers: number;
}

export interface SentinelMetrics extends Share {
  readonly kind: string;
  readonly planted: number;
  /** `worse`, `bribed`: scored below the real answer; `twin`: within half a point of the first score. `value` is their share, with its exact interval. */
  readonly passed: number;
}

/** Where the scores' noise comes from, as standard deviations in points of an answer's mean score by one validator. */
export interface NoiseMetrics {
  /** From one answer to the next to the same prompt; null without prompts that were answered twice. */
  readonly answer: number | null;
  /** From one reading of the same answer to the next. */
  readonly validator: number;
  /** Answers that were scored twice. */
  readonly rescored: number;
  /** Answers of which one criterion was scored once more by itself; null if there were none. */
  readonly single: {
    readonly count: number;
    /** Mean score by itself − mean score among the five. */
    readonly shift: number;
    /**
     * Correlation with the other four criteria when scored among them − when scored by itself: above 0, one impression colours
     * all. Null with fewer than ten.
     */
    readonly halo: number | null;
  } | null;
}

/** The best variation of each prompt against the untouched one, by the scores it was chosen by and by new ones, on one scale. */
export interface SelectionMetrics {
  readonly prompts: number;
  /** Mean lead, in points, by the scores that it was chosen by: flattered by luck. */
  readonly selected: number;
  /** The same by fresh answers and another validator. */
  readonly fresh: Estimate;
}

/** What models wrote at a stage and was not used, with why: a code of the column `error`. */
export interface RefusalMetrics {
  readonly stage: string;
  readonly code: string;
  readonly count: number;
  /** Up to three of the texts, as far as they were kept, cut to 300 characters. Runs of earlier versions have none. */
  readonly examples?: readonly string[];
}

/** Why a run has not come to its test. */
export interface RunFailure {
  /** What failed of itself, in the order of failing. */
  readonly tasks: readonly {
    /** Path of the task's instance, e.g. `explore[3].vary`. */
    readonly task: string;
    /** The error's code. */
    readonly code: string;
    readonly message: string;
  }[];
  /** Paths of the tasks that could not begin for that. */
  readonly blocked: readonly string[];
}

/** Texts that carry over eight words in a row from the data that they must not know. */
export interface LeakMetrics {
  /** Pairs left out of the training because their better prompt did; null if that was not handed on. */
  readonly pairs: number | null;
  /** Optimized prompts of the test that do. */
  readonly copied: number;
  /** Optimized prompts of the test that were looked at. */
  readonly prompts: number;
}

/** How the prompt-optimization model was trained. */
export interface StageSpend {
  readonly stage: string;
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the completion's: those that were thought before the answer. Runs of earlier versions have none. */
  readonly thinkingTokens?: number;
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

/** All that a run was made from besides its seed, for telling what differs between two; none of it holds a secret. */
export interface RunInputs {
  /** Digest of the definition and of those that it runs; null where that was not kept. */
  readonly definitionDigest: string | null;
  /** By their paths below `params`; empty where they were not kept. */
  readonly params: Leaves;
  /** By file and path, e.g. `main_model_config: sampling.temperature`. */
  readonly configs: Leaves;
  /** Digests of the texts of `model_input/`, by file name without `.txt`. */
  readonly texts: { readonly [name: string]: string };
  /** The base prompts of each split: how many, and a digest of them and their topics in any order. */
  readonly prompts: { readonly [split: string]: { readonly count: number; readonly digest: string } };
}

/** Single values by their paths; an empty list or object is one. */
export interface Leaves {
  readonly [path: string]: string | number | boolean | null;
}

/** What the run said it would claim before its test was answered, and what came of it. */
export interface ClaimMetrics {
  readonly claim: string;
  /** Which claim it is of all that share one error budget, from 1. */
  readonly place: number;
  readonly arm: string;
  /** The champion that was to be beaten; empty = the untouched prompts. */
  readonly champion: string;
  /** Points that the gain must exceed. */
  readonly margin: number;
  /** One-sided error level over all looks. */
  readonly level: number;
  readonly looks: number;
  readonly look: number;
  readonly prompts: RunInputs['prompts'];
  /** Null where nothing was trained. */
  readonly result: {
    readonly isProven: boolean;
    readonly reason: string;
    /** Over the champion, or the untouched prompts; its interval is at 1 − 2 · `level` ÷ `looks`. */
    readonly gain: Estimate;
    /** One-sided p-value of no gain. */
    readonly p: number | null;
    readonly prompts: number;
    readonly topics: number;
  } | null;
}

export interface Metrics {
  readonly version: 2;
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
  /** Left out by earlier versions. */
  readonly inputs?: RunInputs;
  /** Null where the definition registers nothing; left out by earlier versions. */
  readonly claim?: ClaimMetrics | null;
  readonly counts: {
    readonly basePrompts: { readonly [split in Split]: number };
    readonly topics: number;
    readonly variations: number;
    /** Those of which the model wrote nothing that could be used. */
    readonly missingVariations: number;
    readonly answers: number;
    /** Scores expected, missing ones included. */
    readonly scores: number;
    readonly missingScores: number;
    /** Base prompts of the test that every arm has scores of, and their topics. */
    readonly testPrompts: number;
    readonly testTopics: number;
  };
  /** The validators that all figures of the arms rest on but those that name others. */
  readonly judges: {
    readonly validators: readonly number[];
    readonly areUnheard: boolean;
    /** Whether they are checks, which no length flatters. Left out by earlier versions. */
    readonly arePrograms?: boolean;
  };
  readonly refusals: readonly RefusalMetrics[];
  /** Left out for a run that has not failed. */
  readonly failure?: RunFailure;
  readonly baseline: BaselineMetrics;
  /** Without the baseline; may be empty. */
  readonly arms: readonly ArmMetrics[];
  readonly agreement: readonly AgreementMetrics[];
  readonly validators: readonly ValidatorMetrics[];
  /** Of every two validators that scored the same answers. */
  readonly correlations: readonly CorrelationMetrics[];
  /** Null if none was trained. */
  readonly training: TrainingSummary | null;
  readonly fineTuning: {
    readonly status: 'trained' | 'skipped';
    readonly reason: string;
    readonly examples: number;
  };
  /** Of the weights that were trained; left out where none were. */
  readonly losses?: readonly LossCurve[];
  readonly noise: NoiseMetrics | null;
  /** Null where nothing was scored afresh after a choice. */
  readonly selection: SelectionMetrics | null;
  /** Left out where nobody was asked, or has answered. */
  readonly people?: PeopleMetrics;
  readonly leaks: LeakMetrics;
  /** Points that a criterion may lose and still count as no worse. */
  readonly nonInferiorityMargin: number;
  /** In the order of the pipeline. */
  readonly spend: readonly StageSpend[];
  /** Smallest true gain, in points, that this test finds with 80% probability at a two-sided 5% over all arms together. */
  readonly detectableEffect: number | null;
  readonly examples: readonly ExampleMetrics[];
  /** Each one sentence: what a reader must know before believing the figures. */
  readonly warnings: readonly string[];
}
