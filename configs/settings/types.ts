/** The checked values of `configs/*.yaml` and `model_input/*.txt`: what a run is made with. Pure types. */
import type { Duration } from '../../definitions/model/types.ts';
import type { CheckConfig } from './checks.ts';

/** The seven texts of `model_input/`, by file name without `.txt`. */
export type TextName =
  | 'base_prompt_input'
  | 'prompt_variation_input'
  | 'main_model_input'
  | 'rubric'
  | 'val_model_input'
  | 'prompt_optimization_model_input'
  | 'finetuning_input';

/** The model roles that are called. */
export type Role =
  'base_prompt' | 'prompt_variation' | 'main_model' | `validator_${number}` | 'prompt_optimization';

/** What a million tokens cost, in any currency, the same for all models. */
export interface Price {
  readonly prompt: number;
  readonly completion: number;
}

/** What a run may spend; reaching any part of it stops the run. At least one part. */
export interface Budget {
  /** Calls that a server answers; kept answers are free. From 1. */
  readonly calls?: number;
  /** Tokens of prompts and answers together. From 1. */
  readonly tokens?: number;
  /** By the prices of the models; above 0. */
  readonly money?: number;
}

/** A model and the servers it is reached at. */
export interface ModelConfig {
  /** OpenAI-compatible base URLs ending in `/v1`, or the single word `embedded` for the bundled simulated models. */
  readonly endpoints: readonly string[];
  /** The model's name at those servers. */
  readonly name: string;
  /** Name of the environment variable that holds the API key; the key itself is never written anywhere. */
  readonly apiKeyEnv?: string;
  /** Absent = it costs nothing, as one's own servers. */
  readonly price?: Price;
}

/** Sampling sent with every call of a role; all of it is always sent, so that servers' defaults never matter. */
export interface Sampling {
  /** 0 to 2. */
  readonly temperature: number;
  /** Above 0, at most 1. */
  readonly topP: number;
  /** Longest answer, in tokens; what a model thinks first counts, too. */
  readonly maxTokens: number;
  /** Whether, or how much, a model that can thinks before it answers. Absent = as the server has it. */
  readonly thinking?: boolean | 'low' | 'medium' | 'high';
}

/** How calls of a role are made. */
export interface RequestConfig {
  /** One request's time, e.g. `120s`. */
  readonly timeout: Duration;
  /** Requests of one call in all, the first included. */
  readonly maxAttempts: number;
  /** Calls one activity makes at once. A server is given no more of them than it does well with; the rest waits. */
  readonly concurrency: number;
  /** Whether answers are kept and used again for the same call; default true. */
  readonly cache?: boolean;
  /** Further fields of every request, for what a server has beside the common ones; none of those that PROSE sends. */
  readonly body?: { readonly [field: string]: unknown };
}

export interface RoleConfig {
  readonly model: ModelConfig;
  readonly sampling: Sampling;
  readonly request: RequestConfig;
}

export type Split = 'train' | 'select' | 'gate' | 'test';

export interface BasePromptConfig extends RoleConfig {
  /** What the prompts are about, in words; fills `{{domain}}`. */
  readonly domain: string;
  /** Base prompts per topic family. */
  readonly promptsPerTopic: number;
  /** Base prompts per shard: the unit of parallel work and of retry. */
  readonly shardSize: number;
  /** Share of topic families in each split; the four sum to 1. */
  readonly splits: { readonly [split in Split]: number };
}

/** One way of rewriting: by a model that is told how, or by a text that the prompt is put into. Its name goes into the data. */
export type Approach = InstructedApproach | TemplateApproach;

interface InstructedApproach {
  readonly name: string;
  /** Fills `{{approach}}` of model_input/prompt_variation_input.txt. */
  readonly instruction: string;
}

interface TemplateApproach {
  readonly name: string;
  /** Has the base prompt wherever it says `{prompt}`; no model is asked. */
  readonly template: string;
}

export interface PromptVariationConfig extends RoleConfig {
  /** Variation k of a prompt uses approach k modulo their number, rotated from prompt to prompt. */
  readonly approaches: readonly Approach[];
}

export interface MainModelConfig extends RoleConfig {
  /** Answers per variation while exploring. */
  readonly samples: number;
  /** Answers per prompt and arm in the test. */
  readonly testSamples: number;
}

export interface ValidatorConfig extends RoleConfig {
  /** Its place in the list, from 1. */
  readonly validator: number;
  /** Vendor family of the model (e.g. `qwen`), to warn when a validator is of the main model's family. */
  readonly family: string;
}

export interface ValidatorModelConfig {
  /** None to nine; none only beside checks. */
  readonly validators: readonly ValidatorConfig[];
  /** Programs that score answers. Default: none. */
  readonly checks?: readonly CheckConfig[];
  /** `expected`: mean of the score token's distribution where log-probabilities come; `integer`: the score as written. */
  readonly scores: 'expected' | 'integer';
  /** Share of missing scores in a run above which nothing is concluded from the others, 0 to 1. */
  readonly maxMissing: number;
  /** Planted answers of known order, as a share of a shard's answers, 0 to 0.5; at least one per shard. */
  readonly sentinels: number;
  /** Answers that are scored once more, as a share of a shard's answers, 0 to 0.5; at least one per shard. */
  readonly audit: number;
}

export interface PromptOptimizationConfig extends RoleConfig {
  /** Name of the trainer; the config's section of that name holds its settings. */
  readonly trainer: string;
  /** Rewritings that the trained model chooses from. */
  readonly rewrites: number;
  readonly pairs: {
    /** Least difference of calibrated scores, in within-prompt standard deviations. */
    readonly minMargin: number;
    /** Most pairs of one base prompt. */
    readonly maxPerPrompt: number;
    /** Largest ratio of the longer to the shorter prompt of a pair, in words. */
    readonly maxLengthRatio: number;
  };
}

export interface FineTuningConfig {
  /** `none`: the training set is made and training is reported as skipped. Else a trainer of weights; the section of its name holds its settings. */
  readonly trainer: string;
  /** Least mean score (1 to 5) of an answer to be trained on. */
  readonly minScore: number;
  /** Most examples of one base prompt. */
  readonly maxPerPrompt: number;
}

/** What the machines of a task queue offer. */
export interface GpuTag {
  readonly count: number;
  /** e.g. `h100`; any if absent. */
  readonly type?: string;
  /** Memory of each, e.g. `80GiB`. */
  readonly memory?: string;
}

export interface QueueConfig {
  readonly description: string;
  /** Absent = a CPU queue. */
  readonly gpu?: GpuTag;
  /** Activities one worker runs at once. */
  readonly concurrency: number;
}

/** Everything of `configs/` and `model_input/`, checked. A run pins it at its start by its digest. */
export interface Settings {
  readonly basePrompt: BasePromptConfig;
  readonly promptVariation: PromptVariationConfig;
  readonly mainModel: MainModelConfig;
  readonly validatorModel: ValidatorModelConfig;
  readonly promptOptimization: PromptOptimizationConfig;
  readonly fineTuning: FineTuningConfig;
  /** By task queue name. */
  readonly queues: { readonly [name: string]: QueueConfig };
  readonly texts: { readonly [name in TextName]: string };
  /** False: no task takes the outputs of an earlier success, whatever the definition says. Default true. */
  readonly taskCache?: boolean;
}

/** What a caller may change for one run without editing a file. */
export interface SettingsOverrides {
  /** Base URL that every role is pointed at. */
  readonly endpoint?: string;
  /** Model name used by every role. */
  readonly model?: string;
  /** False: no kept answer and no kept output of a task is used, and none is kept. */
  readonly cache?: boolean;
}
