/**
 * Starts the embedded model server as a process: `node --import tsx deploy/model-server/main.ts [--port N] …`.
 * Prints one JSON line, `{"url", "endpoint", "port", "simulated": true}`, when it listens; ends on SIGTERM or SIGINT, and with
 * its parent where it was started with a channel to it (`ipc`).
 * Exit codes: 0 stopped, 2 wrong arguments.
 */
import { parseArgs } from 'node:util';
import { faultKinds } from './faults.ts';
import type { FaultKind } from './faults.ts';
import { startModelServer } from './server.ts';
import type { ModelServerOptions } from './server.ts';
import { defaultWorld } from './world/world.ts';

const numberFlags = {
  port: [0, 65_535],
  slots: [1, Infinity],
  'tokens-per-second': [0, Infinity],
  'queue-limit': [1, Infinity],
  'fault-rate': [0, 1],
  'fault-seed': [-Infinity, Infinity],
  'slow-start-ms': [0, Infinity],
  'world-seed': [-Infinity, Infinity],
  effect: [0, 10],
  'answer-noise': [0, 5],
  'validator-noise': [0, 5],
  'inverted-validator': [0, 3],
  'constant-validator': [0, 3],
} as const;

/** Reads the command line. Throws an `Error` that names the flag, its value and the rule. */
function readOptions(args: readonly string[]): ModelServerOptions {
  const options: { [flag: string]: { readonly type: 'string' | 'boolean' } } = {
    host: { type: 'string' },
    'fault-kinds': { type: 'string' },
    bribable: { type: 'boolean' },
  };
  for (const flag of Object.keys(numberFlags)) options[flag] = { type: 'string' };
  const { values } = parseArgs({ args: [...args], options });

  function textOf(flag: string): string | undefined {
    const value = values[flag];
    return typeof value === 'string' ? value : undefined;
  }
  function numberOf(flag: keyof typeof numberFlags): number | undefined {
    const text = textOf(flag);
    if (text === undefined) return undefined;
    const [least, most] = numberFlags[flag];
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new Error(`--${flag} is '${text}'; it must be a number from ${least} to ${most}.`);
  }
  return {
    host: textOf('host'),
    port: numberOf('port'),
    slots: numberOf('slots'),
    tokensPerSecond: numberOf('tokens-per-second'),
    queueLimit: numberOf('queue-limit'),
    faultRate: numberOf('fault-rate'),
    faultSeed: numberOf('fault-seed'),
    faultKinds: textOf('fault-kinds')?.split(',').map(faultKindNamed),
    slowStartMs: numberOf('slow-start-ms'),
    world: {
      worldSeed: numberOf('world-seed') ?? defaultWorld.worldSeed,
      effect: numberOf('effect') ?? defaultWorld.effect,
      answerNoise: numberOf('answer-noise') ?? defaultWorld.answerNoise,
      validatorNoise: numberOf('validator-noise') ?? defaultWorld.validatorNoise,
      bribable: values['bribable'] === true,
      invertedValidator: numberOf('inverted-validator') ?? defaultWorld.invertedValidator,
      constantValidator: numberOf('constant-validator') ?? defaultWorld.constantValidator,
    },
  };
}

function faultKindNamed(name: string): FaultKind {
  const kind = faultKinds.find((one) => one === name.trim());
  if (kind !== undefined) return kind;
  throw new Error(`--fault-kinds has '${name}'; it must be among ${faultKinds.join(', ')}.`);
}

async function main(): Promise<void> {
  let options: ModelServerOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
    return;
  }
  const server = await startModelServer(options);
  const { url, endpoint, port } = server;
  console.log(JSON.stringify({ url, endpoint, port, simulated: true }));
  const stop = (): void => void server.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  process.channel?.unref();
}

await main();
