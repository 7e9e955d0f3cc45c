/** What checks are given, for tests. */
import type { CheckContext, CheckedAnswer, CheckResult } from '../../../activities/checks/check.ts';
import { prepareCheck } from '../../../activities/checks/run-check.ts';
import type { CheckConfig, CheckKind, CheckKinds } from '../../../configs/settings/checks.ts';
import { SecretKeeper } from '../../../definitions/documents/secret-keeper.ts';

export function checkContext(changes: Partial<CheckContext> = {}): CheckContext {
  return {
    root: process.cwd(),
    environment: (name) => (name === 'PATH' ? process.env['PATH'] : undefined),
    secrets: new SecretKeeper(),
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Answers with these texts; the expected one of each is the same unless given. */
export function answersOf(
  outputs: readonly string[],
  fields: CheckedAnswer['fields'] = { expected: 'yes' },
): CheckedAnswer[] {
  return outputs.map((output, index) => ({
    key: `${index}:-1:0`,
    prompt: `Question ${index}?`,
    sent: `Question ${index}, please?`,
    output,
    fields,
  }));
}

/** What a check of one kind says of answers. */
export function runKind<Kind extends CheckKind>(
  kind: Kind,
  config: CheckKinds[Kind],
  answers: readonly CheckedAnswer[],
  context = checkContext(),
): Promise<readonly CheckResult[]> {
  const check = { name: 'own', use: 'criterion', [kind]: config } as unknown as CheckConfig;
  return prepareCheck(check).run(answers, context);
}

/** The scores, or the codes of what could not be scored. */
export async function said(results: Promise<readonly CheckResult[]>): Promise<(number | string | null)[]> {
  return (await results).map(({ score, error }) => error ?? score);
}
