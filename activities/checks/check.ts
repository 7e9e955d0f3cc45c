/** The contract of a kind of check. */
import type { Value } from '../../definitions/model/types.ts';
import type { ANSWER_FACTS, CheckKind, CheckKinds } from '../../configs/settings/checks.ts';
import type { ActivityContext } from '../activity.ts';
import { fieldOf, type PromptFields } from '../imports/prompt-fields.ts';

/** An answer and all that is known of it. */
export interface CheckedAnswer {
  /** Unique in its shard. */
  readonly key: string;
  /** The base prompt. */
  readonly prompt: string;
  /** What the model was sent: a variation of it. */
  readonly sent: string;
  readonly output: string;
  /** The other columns of the prompts file. */
  readonly fields: PromptFields;
}

/** What a check says of one answer. */
export interface CheckResult {
  /** 0 to 1; null where the check could not say, and `error` is why. */
  readonly score: number | null;
  /** In a sentence, for people and for learning; null where the score says it all. */
  readonly reason: string | null;
  readonly error: string | null;
  readonly errorMessage: string | null;
}

export type CheckContext = Pick<ActivityContext, 'root' | 'environment' | 'secrets' | 'signal'>;

/** One kind of check. */
export interface CheckRunner<Kind extends CheckKind> {
  readonly kind: Kind;
  /** Answers that it is given at once; what it has said of them is kept, whatever becomes of the attempt. */
  readonly batchSize: number;
  /**
   * Results in the order of the answers, of the same number. An answer that it cannot score has a result that says why; it
   * throws only where no answer could be scored: a program that is not there, a server that nobody reaches.
   */
  run(
    config: CheckKinds[Kind],
    answers: readonly CheckedAnswer[],
    context: CheckContext,
  ): Promise<readonly CheckResult[]>;
  /** Finds before anything is answered what would fail for every answer, where that costs nothing. Throws as `run`. */
  rehearse?(config: CheckKinds[Kind], context: CheckContext): Promise<void>;
}

export function scored(score: number, reason: string | null = null): CheckResult {
  return { score, reason, error: null, errorMessage: null };
}

/** Passed, or failed for a reason. */
export function verdict(passes: boolean, reason: string): CheckResult {
  return scored(passes ? 1 : 0, passes ? null : reason);
}

export function unscored(error: string, errorMessage: string): CheckResult {
  return { score: null, reason: null, error, errorMessage };
}

/** What expressions, programs and queries see of an answer; null where the prompts file has no such column. */
export type AnswerFacts = { readonly [fact in (typeof ANSWER_FACTS)[number]]: Value };

export function factsOf({ prompt, sent, output, fields }: CheckedAnswer): AnswerFacts {
  return {
    prompt,
    sent,
    output,
    expected: fieldOf(fields, 'expected') ?? null,
    context: fieldOf(fields, 'context') ?? null,
    fields,
  };
}
