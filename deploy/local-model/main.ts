/**
 * Starts the local model server as a process: `node --import tsx deploy/local-model/main.ts --model NAME|FILE [--name NAME] [--port N] …`.
 * What is missing is got first, with lines on standard error. Prints one JSON line, `{"endpoint", "model", "port"}`, when it
 * listens; ends on SIGTERM or SIGINT. Exit codes: 0 stopped, 1 the model cannot be had or loaded, 2 wrong arguments.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { startEngine } from './engine.ts';
import { getModel } from './get-model.ts';
import { getRuntime } from './get-runtime.ts';
import { serveEngine } from './server.ts';

/** Half of the processor's threads: those of one answer wait for each other, so that one that gets no turn holds up all. */
const DEFAULT_THREADS = Math.max(1, Math.floor(availableParallelism() / 2));

interface Options {
  readonly model: string;
  /** What it is served as. */
  readonly name?: string;
  readonly port: number;
  readonly slots: number;
  readonly threads: number;
  readonly contextSize: number;
}

/** Throws an `Error` that names the flag and the rule. */
function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const options = { model: text, name: text, port: text, slots: text, threads: text, 'context-size': text };
  const { values } = parseArgs({ args: [...args], options });
  const numberOf = (flag: keyof typeof options, least: number, most: number, otherwise: number): number => {
    const given = values[flag];
    const value = given === undefined ? otherwise : Number(given);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`--${flag} is '${given}'; it must be a whole number from ${least} to ${most}.`);
  };
  if (values.model === undefined) throw new Error('--model is missing: the name of a model, or a GGUF file.');
  return {
    model: values.model,
    ...(values.name !== undefined && { name: values.name }),
    port: numberOf('port', 0, 65_535, 0),
    slots: numberOf('slots', 1, 64, 2),
    threads: numberOf('threads', 1, 1024, DEFAULT_THREADS),
    contextSize: numberOf('context-size', 256, 1_000_000, 4096),
  };
}

async function main(): Promise<void> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
    return;
  }
  const { env } = process;
  const log = (line: string): void => console.error(line);
  const runtime = await getRuntime({ env, log });
  const found = await getModel(options.model, { env, cwd: process.cwd(), log });
  const engine = await startEngine({ ...options, modelPath: found.path, runtime });
  const { name = found.name } = options;
  const server = await serveEngine(engine, { name, port: options.port });
  const { endpoint, port } = server;
  console.log(JSON.stringify({ endpoint, model: name, port }));
  // llama.cpp's threads would keep the process.
  const stop = (): void => void server.close().finally(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
