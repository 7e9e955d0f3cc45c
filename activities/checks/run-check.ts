/** The kinds of checks: the only list of them. */
import {
  CHECK_KINDS,
  type CheckConfig,
  type CheckKind,
  type CheckKinds,
} from '../../configs/settings/checks.ts';
import type { CheckContext, CheckedAnswer, CheckResult, CheckRunner } from './check.ts';
import { cel } from './kinds/cel.ts';
import { command } from './kinds/command.ts';
import { contains } from './kinds/contains.ts';
import { exact } from './kinds/exact.ts';
import { http } from './kinds/http.ts';
import { jsonSchema } from './kinds/json-schema.ts';
import { number } from './kinds/number.ts';
import { regex } from './kinds/regex.ts';
import { sql } from './kinds/sql.ts';

const runners: { readonly [Kind in CheckKind]: CheckRunner<Kind> } = {
  exact,
  contains,
  regex,
  jsonSchema,
  number,
  cel,
  command,
  http,
  sql,
};

/** A check ready to be run. */
export interface PreparedCheck {
  readonly batchSize: number;
  /** As `CheckRunner.run`; what it says is free of secrets. */
  run(answers: readonly CheckedAnswer[], context: CheckContext): Promise<readonly CheckResult[]>;
  /** As `CheckRunner.rehearse`. */
  rehearse(context: CheckContext): Promise<void>;
}

export function prepareCheck(config: CheckConfig): PreparedCheck {
  for (const kind of CHECK_KINDS) {
    const prepared = prepare(runners[kind], config);
    if (prepared !== undefined) return prepared;
  }
  throw new RangeError(`The check '${config.name}' is of no kind.`);
}

function prepare<Kind extends CheckKind>(
  runner: CheckRunner<Kind>,
  config: CheckConfig,
): PreparedCheck | undefined {
  const { kind, batchSize } = runner;
  const own: { readonly [Key in CheckKind]?: unknown } = config;
  if (own[kind] === undefined) return undefined;
  return {
    batchSize,
    rehearse: async (context) => runner.rehearse?.(own[kind] as CheckKinds[Kind], context),
    async run(answers, context) {
      const results = await runner.run(own[kind] as CheckKinds[Kind], answers, context);
      const hide = (text: string | null): string | null =>
        text === null ? null : context.secrets.hide(text);
      return results.map((one) => ({
        ...one,
        reason: hide(one.reason),
        errorMessage: hide(one.errorMessage),
      }));
    },
  };
}
