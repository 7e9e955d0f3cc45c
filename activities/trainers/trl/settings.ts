/** The settings of a training of weights: TRL's and PEFT's own, by their own names, as far as a training here can use them. */
import type { JsonSchema } from '../../../definitions/model/types.ts';

/** What a training follows. */
export type TrlMethod = 'sft' | 'dpo';

/** Settings as in the config; what is absent is as TRL has it, but for `withDefaults`. */
export interface TrlSettings {
  /** Hub name, or absolute path of the folder, of the model that is trained: the one that the role's servers serve. */
  readonly model_name_or_path: string;
  readonly [name: string]: unknown;
}

const positive = (description: string): JsonSchema => ({ description, type: 'number', exclusiveMinimum: 0 });
const count = (description: string, minimum = 1): JsonSchema => ({ description, type: 'integer', minimum });
const flag = (description: string): JsonSchema => ({ description, type: 'boolean' });
const text = (description: string): JsonSchema => ({ description, type: 'string', minLength: 1 });

const common: { readonly [name: string]: JsonSchema } = {
  model_name_or_path: text(
    'Hub name, or absolute path of the folder, of the model that is trained: the one that the servers of its role serve.',
  ),
  model_revision: text('Branch, tag or commit of the model at its hub.'),
  dtype: { description: 'Of the weights. Default: float32.', enum: ['float32', 'bfloat16', 'float16'] },
  attn_implementation: text('Attention of transformers, such as sdpa.'),
  lora_r: {
    description: 'Rank; the server must allow it (--max-lora-rank).',
    enum: [1, 8, 16, 32, 64, 128, 256, 320, 512],
  },
  lora_alpha: positive('Scale of the adapter.'),
  lora_dropout: { description: 'Dropout in the adapter.', type: 'number', minimum: 0, maximum: 1 },
  lora_target_modules: {
    description: 'Which modules get an adapter: a list of names, or all-linear. Default: all-linear.',
    anyOf: [{ const: 'all-linear' }, { type: 'array', minItems: 1, items: { type: 'string' } }],
  },
  use_rslora: flag('Rank-stabilised scale.'),
  learning_rate: positive('At its highest.'),
  lr_scheduler_type: {
    description: 'Course of the learning rate.',
    enum: ['linear', 'cosine', 'constant', 'constant_with_warmup'],
  },
  warmup_steps: count('Steps until the learning rate is at its highest.', 0),
  weight_decay: { description: 'Weight decay.', type: 'number', minimum: 0 },
  max_grad_norm: positive('Gradients are clipped to it.'),
  num_train_epochs: positive('Passes over the rows, unless max_steps says otherwise.'),
  max_steps: count('Steps in all.'),
  save_steps: count('Steps between checkpoints, and between looks at the held-out loss. Default: 10.'),
  per_device_train_batch_size: count(
    'Rows of a step that one device takes at once; made smaller where memory is short.',
  ),
  gradient_accumulation_steps: count('Such pieces of a step.'),
  max_length: count('Longest prompt and text together, in tokens.'),
  gradient_checkpointing: flag('Less memory for more time. Default: on GPUs.'),
  bf16: flag('Mixed precision. Default: on GPUs.'),
  start_from: {
    description:
      'What the training goes on from: seed, the model as it is, or the champion of its role, if that one is an adapter; it must have the same shape. Default: seed.',
    enum: ['seed', 'champion'],
  },
  early_stopping_patience: count(
    'Looks without a better held-out loss after which the training ends. Default: it never does.',
  ),
};

const ofDpo: { readonly [name: string]: JsonSchema } = {
  beta: positive('How firmly the model is held to where it began.'),
  loss_type: {
    description: 'Losses that are added up; sft beside sigmoid keeps what is chosen likely.',
    type: 'array',
    minItems: 1,
    items: { enum: ['sigmoid', 'hinge', 'ipo', 'robust', 'apo_zero', 'apo_down', 'sft'] },
  },
  loss_weights: {
    description: 'Weights of the losses, in their order.',
    type: 'array',
    items: { type: 'number' },
  },
  label_smoothing: {
    description: 'Share of pairs taken to be the wrong way round.',
    type: 'number',
    minimum: 0,
    exclusiveMaximum: 0.5,
  },
  precompute_ref_log_probs: flag('Ask the untrained model once, beforehand.'),
};

/** JSON Schema of a method's section. */
export function schemaOf(method: TrlMethod): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['model_name_or_path'],
    properties: method === 'dpo' ? { ...common, ...ofDpo } : common,
  };
}

/** What a schema cannot say of a section. */
export function checkSection(section: unknown): readonly {
  readonly code: 'LOSS_WEIGHTS';
  readonly message: string;
  readonly advice: string;
  readonly path: readonly string[];
}[] {
  const { loss_type: types, loss_weights: weights } = section as {
    readonly loss_type?: readonly string[];
    readonly loss_weights?: readonly number[];
  };
  const losses = types?.length ?? 1;
  if (weights === undefined || losses === weights.length) return [];
  const message = `There are ${weights.length} 'loss_weights' for ${losses} losses.`;
  return [
    { code: 'LOSS_WEIGHTS', message, advice: 'Give one for each of loss_type.', path: ['loss_weights'] },
  ];
}

/** The effective settings: where the config is silent, what a machine of so many GPUs needs. */
export function withDefaults(settings: TrlSettings, gpus: number): TrlSettings {
  return {
    lora_target_modules: 'all-linear',
    bf16: gpus > 0,
    gradient_checkpointing: gpus > 0,
    dtype: 'float32',
    save_steps: 10,
    ...settings,
    ...(gpus === 0 && { use_cpu: true }),
  };
}
