/** A trained prompt-optimization model at work: base prompt in, better prompt out. */
import type { PromptFields } from '../imports/prompt-fields.ts';
import type { LessonCandidate } from './lessons.ts';
import type { RoleConfig, Settings } from '../../configs/settings/types.ts';

/** What a model is asked for one rewriting. */
export type RewriteQuestion = InstructedQuestion | PlainQuestion;

/** A trained model that answers with the rewriting alone. */
export interface PlainQuestion {
  readonly config: RoleConfig;
  /** The one message of the user. */
  readonly question: string;
}

/** A model that is told what to do, and answers with JSON. */
export interface InstructedQuestion {
  readonly config: RoleConfig;
  /** A text of `model_input/` with the sections `system` and `user`. */
  readonly text: string;
  readonly values: { readonly base_prompt: string; readonly [placeholder: string]: string };
}

export interface Rewriter {
  /** What learning found to help and to hurt, strongest first, e.g. `Asking for examples (helps)`. May be empty. */
  readonly lessons: readonly string[];
  /** Ways of wording that the training found and that may be tried out, the likeliest first. Default: none. */
  readonly candidates?: readonly LessonCandidate[];
  /** What its scores rest on, the heaviest first: texts, their log-odds, and in how many base prompts' pairs they were. */
  readonly carriers?: readonly { readonly text: string; readonly weight: number; readonly prompts: number }[];
  /** Whether it is an adapter of the prompt-optimization model, which servers must have before they are asked. Default: no. */
  readonly isAdapter?: true;
  /** Pure: the same base prompt and settings give the same question. */
  ask(basePrompt: string, settings: Settings): RewriteQuestion;
  /**
   * The rewriting of this number, from 0, best first, of an optimizer that needs no model to write; null where it has none.
   * Left out where a model is asked. Pure.
   *
   * @param fields other columns of the prompts file, where there is one.
   */
  write?(basePrompt: string, index: number, fields?: PromptFields): string | null;
  /**
   * How much each prompt is preferred to the untouched base prompt, which has 0; higher is better, below 0 is worse. Log-odds
   * where the trainer knows them. As many as prompts, in their order. Pure.
   */
  score(basePrompt: string, prompts: readonly string[], fields?: PromptFields): readonly number[];
}

/** A prompt and how it is expected to fare, as `Rewriter.score` has it. */
export interface RankedPrompt {
  readonly prompt: string;
  readonly score: number;
}

/**
 * The candidates and the untouched base prompt, best first, each text once. Of equal scores the base prompt
 * comes first, then the order given: without evidence for a change, nothing is changed.
 */
export function rank(
  rewriter: Pick<Rewriter, 'score'>,
  basePrompt: string,
  candidates: readonly string[],
  fields?: PromptFields,
): RankedPrompt[] {
  const prompts = [...new Set([basePrompt, ...candidates])];
  const scores = rewriter.score(basePrompt, prompts, fields);
  return prompts
    .map((prompt, index) => ({ prompt, score: scores[index] ?? 0 }))
    .toSorted((one, other) => other.score - one.score);
}

/** The question to the prompt-optimization model of the config, with what was learned. */
export function askWithLessons(
  basePrompt: string,
  settings: Settings,
  lessons: readonly string[],
): InstructedQuestion {
  return {
    config: settings.promptOptimization,
    text: settings.texts.prompt_optimization_model_input,
    values: {
      base_prompt: basePrompt,
      lessons:
        lessons.length > 0
          ? lessons.map((lesson) => `- ${lesson}`).join('\n')
          : '- Nothing was found to help or to hurt.',
    },
  };
}
