/**
 * The tables, their keys and columns. Names are durable: they stand in Parquet files and in users' SQL.
 * Every table also has the Hive partition column `run` (the run's id).
 */

import { CRITERIA, type Criterion } from '../../configs/settings/criteria.ts';

export type ColumnType = 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'VARCHAR' | 'BOOLEAN';
export interface Table {
  /** Columns that identify a row within a run, in order; shards are sorted by them. */
  readonly key: readonly string[];
  /** All columns in order, the key first. */
  readonly columns: { readonly [name: string]: ColumnType };
}

const variationKey = { base_prompt_idx: 'INTEGER', prompt_variation_idx: 'INTEGER' } as const;
/** What was asked of whom, on every row that a model call made. */
const call = { model: 'VARCHAR', seed: 'BIGINT' } as const;

const criterionColumns = Object.fromEntries(CRITERIA.map((name) => [name, 'DOUBLE'])) as {
  readonly [name in Criterion]: 'DOUBLE';
};

/** How many criteria the rubric has, as its first columns; null in files of a version that knew but five. */
const criteriaCount = { criteria_count: 'INTEGER' } as const;

const modelOutputs = {
  key: ['base_prompt_idx', 'prompt_variation_idx', 'sample_idx'],
  columns: {
    ...variationKey,
    sample_idx: 'INTEGER',
    model_output: 'VARCHAR',
    thinking: 'VARCHAR',
    finish_reason: 'VARCHAR',
    prompt_tokens: 'INTEGER',
    completion_tokens: 'INTEGER',
    thinking_tokens: 'INTEGER',
    seconds: 'DOUBLE',
    adapter: 'VARCHAR',
    error: 'VARCHAR',
    error_message: 'VARCHAR',
    ...call,
  },
} as const;

const validatorScores = {
  key: ['base_prompt_idx', 'prompt_variation_idx', 'sample_idx', 'validator'],
  columns: {
    ...variationKey,
    sample_idx: 'INTEGER',
    validator: 'INTEGER',
    ...criterionColumns,
    ...criteriaCount,
    reason: 'VARCHAR',
    raw_answer: 'VARCHAR',
    thinking: 'VARCHAR',
    scored_by: 'VARCHAR',
    error: 'VARCHAR',
    error_message: 'VARCHAR',
    ...call,
  },
} as const;

export const tables = {
  /** `fields`: the other columns of the prompts file, such as `expected`, as a JSON object; null without any. */
  base_prompts: {
    key: ['base_prompt_idx'],
    columns: {
      base_prompt_idx: 'INTEGER',
      base_prompt: 'VARCHAR',
      topic: 'VARCHAR',
      split: 'VARCHAR',
      source: 'VARCHAR',
      fields: 'VARCHAR',
      ...call,
    },
  },
  /** What the base-prompt model wrote and was not taken for a request, with why. */
  refused_prompts: {
    key: ['refusal_idx'],
    columns: {
      refusal_idx: 'INTEGER',
      base_prompt: 'VARCHAR',
      topic: 'VARCHAR',
      reason: 'VARCHAR',
      ...call,
    },
  },
  /** The templates that were proposed for a task; the number of a template is that of the variations it makes. */
  prompt_templates: {
    key: ['template_idx'],
    columns: { template_idx: 'INTEGER', round: 'INTEGER', template: 'VARCHAR', recipe: 'VARCHAR' },
  },
  /**
   * What a model wrote to stand before one of these, the parent, and why it was refused if it was. `failures`: how many answers
   * that went wrong it was shown, none if it wrote without feedback.
   */
  prompt_instructions: {
    key: ['round', 'instruction_idx'],
    columns: {
      round: 'INTEGER',
      instruction_idx: 'INTEGER',
      parent_idx: 'INTEGER',
      failures: 'INTEGER',
      instruction: 'VARCHAR',
      error: 'VARCHAR',
      error_message: 'VARCHAR',
      ...call,
    },
  },
  prompt_variations: {
    key: ['base_prompt_idx', 'prompt_variation_idx'],
    columns: {
      ...variationKey,
      prompt_variation: 'VARCHAR',
      approach: 'VARCHAR',
      error: 'VARCHAR',
      error_message: 'VARCHAR',
      ...call,
    },
  },
  /** The variations that were answered and scored afresh, and why: `halving.ts`. */
  kept_variations: {
    key: ['base_prompt_idx', 'prompt_variation_idx'],
    columns: { ...variationKey, prompt_variation: 'VARCHAR', kept_as: 'VARCHAR' },
  },
  model_outputs: modelOutputs,
  validator_scores: validatorScores,
  /**
   * What validators were given besides the answers, and their scores of it; the key is that of the answer it was made
   * from, in the stage (score table) it was planted in. `kind`: `sentinels.ts`.
   */
  sentinels: {
    key: ['stage', 'base_prompt_idx', 'prompt_variation_idx', 'sample_idx', 'validator', 'kind'],
    columns: {
      stage: 'VARCHAR',
      ...variationKey,
      sample_idx: 'INTEGER',
      validator: 'INTEGER',
      kind: 'VARCHAR',
      criterion: 'VARCHAR',
      model_output: 'VARCHAR',
      ...criterionColumns,
      ...criteriaCount,
      error: 'VARCHAR',
      error_message: 'VARCHAR',
      ...call,
    },
  },
  pairs: {
    key: ['base_prompt_idx', 'pair_idx'],
    columns: {
      base_prompt_idx: 'INTEGER',
      pair_idx: 'INTEGER',
      split: 'VARCHAR',
      prompt: 'VARCHAR',
      chosen: 'VARCHAR',
      rejected: 'VARCHAR',
      chosen_variation_idx: 'INTEGER',
      rejected_variation_idx: 'INTEGER',
      chosen_approach: 'VARCHAR',
      rejected_approach: 'VARCHAR',
      margin: 'DOUBLE',
      probability: 'DOUBLE',
      weight: 'DOUBLE',
    },
  },
  /** What a challenger of continual learning is trained on: the round's own pairs, and those of earlier rounds. */
  training_pairs: {
    key: ['source_run', 'base_prompt_idx', 'pair_idx'],
    columns: {
      source_run: 'VARCHAR',
      base_prompt_idx: 'INTEGER',
      pair_idx: 'INTEGER',
      split: 'VARCHAR',
      topic: 'VARCHAR',
      prompt: 'VARCHAR',
      chosen: 'VARCHAR',
      rejected: 'VARCHAR',
      chosen_approach: 'VARCHAR',
      rejected_approach: 'VARCHAR',
      probability: 'DOUBLE',
      weight: 'DOUBLE',
    },
  },
  /** Training prompts into which the wording of one lesson, and nothing else, was put; below 0 = untouched. */
  lesson_prompts: {
    key: ['base_prompt_idx', 'prompt_variation_idx'],
    columns: {
      ...variationKey,
      prompt_variation: 'VARCHAR',
      lesson: 'VARCHAR',
      error: 'VARCHAR',
      error_message: 'VARCHAR',
      ...call,
    },
  },
  lesson_outputs: modelOutputs,
  lesson_scores: validatorScores,
  /** One row per round of continual learning: what came in, who was tested against whom, and what was decided. */
  rounds: {
    key: ['round'],
    columns: {
      round: 'INTEGER',
      lineage: 'VARCHAR',
      decision: 'VARCHAR',
      reason: 'VARCHAR',
      new_pairs: 'INTEGER',
      fresh_pairs: 'INTEGER',
      pairs_used: 'INTEGER',
      champion_before: 'VARCHAR',
      champion_after: 'VARCHAR',
      challenger: 'VARCHAR',
      gain: 'DOUBLE',
      gain_low: 'DOUBLE',
      gain_high: 'DOUBLE',
      look: 'INTEGER',
      looks: 'INTEGER',
      p: 'DOUBLE',
      look_level: 'DOUBLE',
      level: 'DOUBLE',
      level_low: 'DOUBLE',
      level_high: 'DOUBLE',
      gate_prompts: 'INTEGER',
      gate_topics: 'INTEGER',
      calls: 'INTEGER',
      simulated: 'BOOLEAN',
      main_model: 'VARCHAR',
      seed: 'BIGINT',
      finished_at: 'VARCHAR',
    },
  },
  /** What the prompt-optimization model made of each held-out base prompt, with the ranker's score. */
  test_rewrites: {
    key: ['base_prompt_idx', 'rewrite_idx'],
    columns: {
      base_prompt_idx: 'INTEGER',
      rewrite_idx: 'INTEGER',
      rewrite: 'VARCHAR',
      ranker_score: 'DOUBLE',
      error: 'VARCHAR',
      error_message: 'VARCHAR',
      ...call,
    },
  },
  /** Which of its rewritings the untrained model chose for each held-out base prompt; -1 = the untouched prompt. */
  test_choices: {
    key: ['base_prompt_idx'],
    columns: {
      base_prompt_idx: 'INTEGER',
      rewrite_idx: 'INTEGER',
      error: 'VARCHAR',
      error_message: 'VARCHAR',
      ...call,
    },
  },
  /** The prompts of each arm of the test; `prompt_variation_idx` is the arm's number, -1 = baseline. */
  test_prompts: {
    key: ['base_prompt_idx', 'prompt_variation_idx'],
    columns: {
      ...variationKey,
      prompt_variation: 'VARCHAR',
      arm: 'VARCHAR',
      /** Version of the main model that is to answer; null = the model as it is. */
      adapter: 'VARCHAR',
      error: 'VARCHAR',
      ...call,
    },
  },
  test_outputs: modelOutputs,
  test_scores: validatorScores,
  /**
   * The pairs of test answers that people are asked about: an arm's and the baseline's to the same base prompt. `probability` is the
   * chance with which it was drawn, `is_arm_first` whether people see the arm's answer as A, `criteria` a JSON list of names.
   */
  people_pairs: {
    key: ['pair'],
    columns: {
      pair: 'VARCHAR',
      form: 'VARCHAR',
      criteria: 'VARCHAR',
      base_prompt_idx: 'INTEGER',
      arm: 'VARCHAR',
      sample_idx: 'INTEGER',
      is_arm_first: 'BOOLEAN',
      dispute: 'DOUBLE',
      probability: 'DOUBLE',
    },
  },
  /**
   * What people said of them: scores of answers A and B by a criterion (numbered from 1), or of the whole pair (criterion 0) which
   * is better: `a`, `b` or `same`.
   */
  people_labels: {
    key: ['pair', 'labeler', 'criterion'],
    columns: {
      pair: 'VARCHAR',
      labeler: 'VARCHAR',
      criterion: 'INTEGER',
      a: 'DOUBLE',
      b: 'DOUBLE',
      preferred: 'VARCHAR',
    },
  },
  /** Answers of `generate` as they came; `row_key` is a JSON list of the key's values as texts. */
  generated: {
    key: ['row_key', 'sample_idx'],
    columns: {
      row_key: 'VARCHAR',
      sample_idx: 'INTEGER',
      answer: 'VARCHAR',
      value: 'VARCHAR',
      thinking: 'VARCHAR',
      error: 'VARCHAR',
      error_message: 'VARCHAR',
      ...call,
    },
  },
  /** One row per model call: what was spent. */
  model_calls: {
    key: ['stage', 'call_key'],
    columns: {
      stage: 'VARCHAR',
      call_key: 'VARCHAR',
      role: 'VARCHAR',
      model: 'VARCHAR',
      endpoint: 'VARCHAR',
      prompt_tokens: 'INTEGER',
      completion_tokens: 'INTEGER',
      thinking_tokens: 'INTEGER',
      tokens_estimated: 'BOOLEAN',
      seconds: 'DOUBLE',
      requests: 'INTEGER',
      cached: 'BOOLEAN',
      error: 'VARCHAR',
      error_message: 'VARCHAR',
      refused_as: 'VARCHAR',
      unused_text: 'VARCHAR',
    },
  },
} as const satisfies { readonly [name: string]: Table };

export type TableName = keyof typeof tables;
export type Cell = string | number | boolean | null;
/** A row of any table, or of a query. */
export type Row = { readonly [column: string]: Cell };

/** What a column of a type holds. */
interface CellOf {
  readonly INTEGER: number;
  readonly BIGINT: number;
  readonly DOUBLE: number;
  readonly VARCHAR: string;
  readonly BOOLEAN: boolean;
}

/**
 * A row of one table, as its columns above say it: a column more or less there is a compile error wherever such rows are written
 * or read. Columns of the key are never null.
 */
export type RowOf<Name extends TableName> = {
  readonly [Column in keyof (typeof tables)[Name]['columns']]:
    | CellOf[(typeof tables)[Name]['columns'][Column] & ColumnType]
    | (Column extends (typeof tables)[Name]['key'][number] ? never : null);
};

/** A committed shard: the only form in which rows travel between activities. Durable. */
export interface ShardReference {
  readonly table: TableName;
  readonly run: string;
  /** File name without `.parquet`. */
  readonly shard: string;
  readonly rowCount: number;
  /** Split of its base prompts; `all` where a shard has rows of several. */
  readonly split: string;
}
