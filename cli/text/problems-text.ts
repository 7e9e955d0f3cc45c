/** Problems of definitions, configs and inputs as people read them. */
import { neutralise } from '../../activities/text/plain-text.ts';
import type { Problem } from '../../definitions/documents/problem.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';

/** Problems as an error that the command line prints under each other. */
export function problemsError(problems: readonly Problem[]): CliError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new CliError('PROBLEMS', `${count}; nothing was started.`, exitCodes.wrongInput, problems);
}

/** Problems for people, each with the line it stands in. */
export async function formatProblems(root: string, problems: readonly Problem[]): Promise<string[]> {
  const [{ formatProblem }, { sortProblems }, { readText }] = await Promise.all([
    import('../../definitions/documents/format-problem.ts'),
    import('../../definitions/documents/problem.ts'),
    import('../../definitions/documents/read-text.ts'),
  ]);
  const sources = new Map<string, string | undefined>();
  for (const { file } of problems) {
    if (sources.has(file)) continue;
    // What was refused as a whole, such as a pipe, is not read here either.
    const text = await readText(root, file);
    sources.set(file, text.ok ? text.value : undefined);
  }
  return sortProblems(problems).map((problem) => {
    const text = formatProblem(problem, sources.get(problem.file));
    return neutralise(asTyped(text));
  });
}

/** What a run was given, by the option that it was typed as. */
function asTyped(text: string): string {
  return text
    .replace(/^options\.budget\S*/u, '--budget')
    .replace(/^options\.cache/u, '--no-cache')
    .replace(/^options\.(endpoint|model|task)/u, '--$1')
    .replace(/^params\.(\S+)/u, '--param $1');
}

/** A warning as people read it. */
export function sayWarning({ colors }: Cli, text: string): string {
  return `${colors.yellow('warning:')} ${text}`;
}
