/** Checks by program: what the validator config may have beside validators. Pure types. */
import type { Duration, JsonSchema } from '../../definitions/model/types.ts';

/**
 * What a check is for: `criterion`, a judge like the validators, which learning hears, too; `gate`, without which an answer gets
 * the least score of all judges; `referee`, a judge that learning never hears and the verdict rests on.
 */
export type CheckUse = 'criterion' | 'gate' | 'referee';

/** What an answer is held against. */
export interface Comparison {
  /** The same for all answers. */
  readonly value?: string;
  /** A column of the prompts file. Default `expected`. */
  readonly column?: string;
}

/** White space around both texts never matters. */
export interface TextComparison extends Comparison {
  /** Whether small and capital letters are the same. Default false. */
  readonly ignoreCase?: boolean;
}

/** What the kinds of checks ask for, by kind. A score is 0 to 1; what only passes or fails gives 1 or 0. */
export interface CheckKinds {
  /** The answer is this text. */
  readonly exact: TextComparison;
  /** This text stands in the answer. */
  readonly contains: TextComparison;
  /** An RE2 pattern that matches somewhere in the answer; `(?i)` before it ignores case. */
  readonly regex: string;
  /** The answer is JSON (alone, or in a code fence) that fits this schema. */
  readonly jsonSchema: JsonSchema;
  /** The last number in the answer is this one, within a tolerance. */
  readonly number: Comparison & {
    /** Largest difference that passes, 0 or more. Default 0. */
    readonly tolerance?: number;
    /** The same as a share of the expected number; the larger of both counts. Default 0. */
    readonly relative?: number;
  };
  /** A CEL expression over prompt, sent, output, expected, context and fields: true, false, or a score. */
  readonly cel: string;
  /** A program that reads answers as lines of JSON, and prints a line of JSON for each. */
  readonly command: {
    readonly command: readonly [string, ...string[]];
    /** Working directory below the project's root. Default: the root. */
    readonly directory?: string;
    /** Names of variables that it gets from the worker's environment. */
    readonly env?: readonly string[];
    /** Time for a hundred answers. Default 60s. */
    readonly timeout?: Duration;
  };
  /** A server that is sent each answer as JSON, and answers with JSON. */
  readonly http: {
    readonly url: string;
    /** By name; a value may be the name of a variable of the worker's environment that holds it. */
    readonly headers?: {
      readonly [name: string]: string | { readonly env: string; readonly prefix?: string };
    };
    /** Time of one request. Default 30s. */
    readonly timeout?: Duration;
    /** Requests at once. Default 8. */
    readonly concurrency?: number;
  };
  /** A SELECT over the table `answers` of a shard, with the columns `key`, `score` and, if wanted, `reason`. */
  readonly sql: string;
}

export type CheckKind = keyof CheckKinds;

/** One kind and what it asks for. */
type OneKind = { readonly [Kind in CheckKind]: { readonly [Key in Kind]: CheckKinds[Kind] } }[CheckKind];

/** A program that scores answers beside the validators. */
export type CheckConfig = OneKind & {
  /** Unique among the checks; it stands in the data as `check:NAME`, or `gate:NAME`. */
  readonly name: string;
  readonly use: CheckUse;
};

/** All kinds, in the order of the docs. */
export const CHECK_KINDS = [
  'exact',
  'contains',
  'regex',
  'jsonSchema',
  'number',
  'cel',
  'command',
  'http',
  'sql',
] as const satisfies readonly CheckKind[];

/** What expressions, programs and queries know of an answer, by name. Durable. */
export const ANSWER_FACTS = ['prompt', 'sent', 'output', 'expected', 'context', 'fields'] as const;

/** What a check's model is called in the data. Durable. */
export function checkModel({ name, use }: Pick<CheckConfig, 'name' | 'use'>): string {
  return `${use === 'gate' ? 'gate' : 'check'}:${name}`;
}
