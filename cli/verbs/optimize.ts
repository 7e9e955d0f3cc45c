/** `prose optimize`: the promoted prompt optimizer at work. */
import { isEmbedded } from '../../configs/settings/simulated.ts';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { SettingsOverrides } from '../../configs/settings/types.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { withLocalModel } from '../start/local-model.ts';
import { loadProjectSettings } from '../start/inputs.ts';
import { neutralise } from '../../activities/text/plain-text.ts';

interface OptimizeOptions {
  readonly file?: string;
  readonly endpoint?: string;
  readonly model?: string;
  readonly json?: boolean;
}

export function addOptimizeVerb(cli: Cli): void {
  cli.program
    .command('optimize')
    .description('write a better prompt with the promoted prompt-optimization model')
    .argument('[prompt]', 'the prompt (default: read from standard input)')
    .option('--file <file>', 'prompts, one a line')
    .option(
      '--endpoint <url>',
      'OpenAI-compatible base URL that every role is pointed at, or `local`: see `prose up --help`',
    )
    .option('--model <name>', 'model name used by every role')
    .option('--json', 'print JSON with the version and the score')
    .addHelpText(
      'after',
      `
A prompt for which nothing better is found comes back as it was.

Examples:
  prose optimize "Explain how vaccines work"
  prose optimize --file prompts.txt > better.txt
  echo "Write me a poem" | prose optimize`,
    )
    .action(async (prompt: string | undefined, given: OptimizeOptions) => {
      const prompts = await readPrompts(cli, prompt, given.file);
      const options = await withLocalModel(cli, given);
      const optimized = await optimize(cli, prompts, {
        ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
        ...(options.model !== undefined && { model: options.model }),
      });
      if (options.json === true)
        cli.printJson(prompt === undefined && options.file !== undefined ? optimized : optimized[0]);
      else
        for (const result of optimized)
          cli.print(cli.isInteractive ? neutralise(result.optimized) : result.optimized);
    });
}

/** The prompts given: one as the argument or on standard input, or one a line in a file. Throws `CliError`. */
async function readPrompts(
  cli: Cli,
  prompt: string | undefined,
  file: string | undefined,
): Promise<string[]> {
  if (prompt !== undefined && file !== undefined) throw wrongInput('Give a prompt or --file, not both');
  if (file !== undefined) {
    const content = await readFile(resolve(cli.context.cwd, file)).catch(() => {
      throw wrongInput(`--file: ${file} cannot be read`);
    });
    const prompts = decodePrompts(content, `--file: ${file}`)
      .split(/\r?\n/u)
      .filter((line) => line.trim() !== '');
    if (prompts.length === 0) throw wrongInput(`--file: ${file} has no prompts`);
    return prompts;
  }
  if (prompt === undefined && cli.context.stdin.isTTY === true) {
    throw wrongInput('Which prompt? prose optimize "PROMPT", --file FILE, or a prompt on standard input');
  }
  const given = (prompt ?? decodePrompts(await buffer(cli.context.stdin), 'Standard input')).trim();
  if (given === '') throw wrongInput('The prompt is empty');
  return [given];
}

/** Throws `CliError` for what is no text: a model would be paid to rewrite replacement characters. */
function decodePrompts(bytes: Uint8Array, what: string): string {
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw wrongInput(`${what} is no text in UTF-8`);
  }
  if (decoded.includes('\0')) throw wrongInput(`${what} is binary: it has a NUL character`);
  return decoded;
}

async function optimize(
  cli: Cli,
  prompts: readonly string[],
  overrides: SettingsOverrides,
): Promise<readonly { readonly optimized: string }[]> {
  const settings = await loadProjectSettings(cli, overrides);
  const [{ demandChampion, optimizePrompts }, { createStore }, { createModelClient }, { pino }] =
    await Promise.all([
      import('../../activities/rewriting/optimize-prompts.ts'),
      import('../../activities/store/create-store.ts'),
      import('../../activities/inference/create-model-client.ts'),
      import('pino'),
    ]);
  const { env } = cli.context;
  const store = await createStore({ root: cli.root });
  const simulated = isEmbedded(settings.promptOptimization);
  const embeddedUrl = await demandChampion(store)
    .then(() => (simulated ? embeddedModels(cli) : undefined))
    .catch(async (error: unknown) => {
      await store.close();
      throw error;
    });
  const models = createModelClient({
    embeddedUrl,
    apiKey: (variable) => env[variable],
    log: pino({ level: cli.verbose ? 'debug' : 'silent' }, cli.context.stderr),
  });
  const interrupted = new AbortController();
  const release = cli.context.onInterrupt(() => interrupted.abort());
  try {
    const results = await optimizePrompts(prompts, { store, models, settings, signal: interrupted.signal });
    if (!simulated && results.some(({ simulatedTraining }) => simulatedTraining))
      cli.note(
        'The champion learned from simulated models: what it prefers says nothing about a real model. `prose run prose` with your models trains another.',
      );
    return results.map((result) => ({ ...result, ...(simulated && { simulated }) }));
  } finally {
    release();
    await models.close();
    await store.close();
  }
}

async function embeddedModels(cli: Cli): Promise<string> {
  cli.note('Simulated model: its rewritings show that everything works, and nothing about a real model.');
  const { startStack } = await import('../../deploy/stack/start-stack.ts');
  const log = (line: string): void => cli.note(line);
  const { embeddedUrl } = await startStack({ root: cli.root, env: cli.context.env, log, parts: ['models'] });
  return embeddedUrl;
}
