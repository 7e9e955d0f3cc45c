/** `--endpoint local`: a real small model on this machine, started when it is asked for. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { knownModels } from '../../deploy/local-model/known-models.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';

/** What stands for the local model server's address on the command line. */
export const LOCAL_ENDPOINT = 'local';

interface ModelOptions {
  readonly endpoint?: string;
  readonly model?: string;
}

/**
 * The options with the local model server's address and model in place of `--endpoint local`; as they are with any other.
 * `--model` is then a model's name (`smollm2`, the default) or the path of a GGUF file. Throws `LocalModelError`, `StackError`.
 */
export async function withLocalModel<Options extends ModelOptions>(
  cli: Cli,
  options: Options,
): Promise<Options> {
  if (options.endpoint !== LOCAL_ENDPOINT) return options;
  const { endpoint, name } = await startLocalModel(cli, options.model);
  return { ...options, endpoint, model: name };
}

/** @param model default: what was served before, else `smollm2`. */
async function startLocalModel(
  cli: Cli,
  model: string | undefined,
): Promise<{ readonly endpoint: string; readonly name: string }> {
  const { startStack } = await import('../../deploy/stack/start-stack.ts');
  const { localModel } = await startStack({
    root: cli.root,
    env: cli.context.env,
    log: (line) => cli.note(line),
    parts: ['localModel'],
    ...(model !== undefined && { localModel: namedModel(cli, model) }),
  });
  if (localModel === undefined) throw new Error('The local model server was started and has no address.');
  return localModel;
}

/** A model as it was typed: a known name, or the absolute path of a file. Throws `CliError` `WRONG_INPUT` for neither. */
export function namedModel({ context: { cwd } }: Pick<Cli, 'context'>, model: string): string {
  const names = knownModels.map(({ name }) => name);
  if (names.includes(model)) return model;
  const path = resolve(cwd, model);
  if (model.endsWith('.gguf') && existsSync(path)) return path;
  throw wrongInput(`--model ${model}: a local model is ${names.join(', ')}, or the path of a GGUF file`);
}
