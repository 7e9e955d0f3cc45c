/** The training program as a process of its own, ended with all it started when the attempt ends. */
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ActivityError } from '../../attempts/errors.ts';
import { startProgram } from '../../programs/program.ts';
import type { TrainingRequest } from '../trainer.ts';
import { parseEvent, type TrainingEvent } from './events.ts';

const SCRIPT = fileURLToPath(new URL('train_adapter.py', import.meta.url));
/** What of the worker's environment a training may need, where it is set. */
const VARIABLES = [
  'HF_HOME',
  'HF_TOKEN',
  'HF_ENDPOINT',
  'HF_HUB_OFFLINE',
  'OMP_NUM_THREADS',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
];
/** Codes of the program that another attempt may mend. */
const MAY_PASS: ReadonlySet<string> = new Set(['DISK_FULL', 'TRAINING_FAILED']);

/**
 * Runs the program to its end.
 *
 * @param request file that it reads; @param log file for what it says beside its events.
 * @returns its last event, `done`.
 * @throws ActivityError with the program's code (`LOSS_NOT_FINITE`, `OUT_OF_MEMORY`, `DISK_FULL`, `NO_BASE_MODEL`, …),
 * `NO_TRAINER` where there is no such Python, or `TRAINER_ENDED` if it ended without a word; the signal's reason.
 */
export async function runTrainer(
  { request, log }: { readonly request: string; readonly log: string },
  machine: TrainingRequest<never>['machine'],
  signal: AbortSignal,
  onEvent: (event: TrainingEvent) => void,
): Promise<Extract<TrainingEvent, { event: 'done' }>> {
  const python = machine.environment('PROSE_TRAINER_PYTHON');
  if (python === undefined) throw noTrainer('PROSE_TRAINER_PYTHON names none');
  const several = ['-m', 'accelerate.commands.launch', '--num_processes', String(machine.gpus.length)];
  const args = [...(machine.gpus.length > 1 ? several : []), SCRIPT, request];
  const env = VARIABLES.filter((name) => machine.environment(name) !== undefined);
  const { child, ended } = await startProgram({ command: [python, ...args], env }, { ...machine, signal });
  let last: TrainingEvent | undefined;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const event = parseEvent(line);
    if (event === undefined) return;
    last = event;
    onEvent(event);
  });
  try {
    const [{ exitCode, signal: killer }] = await Promise.all([
      ended,
      keepLog(child.stderr, log),
      new Promise<void>((resolve) => lines.once('close', resolve)),
    ]);
    signal.throwIfAborted();
    if (last?.event === 'done' && exitCode === 0) return last;
    if (last?.event === 'error')
      throw new ActivityError(last.code, last.message, { retryable: MAY_PASS.has(last.code) });
    const how = killer === null ? `with exit code ${exitCode}` : `by ${killer}`;
    throw new ActivityError(
      'TRAINER_ENDED',
      `The training ended ${how} before it was done; its log is ${log}.`,
      {
        retryable: true,
      },
    );
  } catch (error) {
    if (error instanceof ActivityError && error.code === 'COMMAND_NOT_FOUND')
      throw noTrainer(`${python} is not there`);
    throw error;
  }
}

/** To its end also where it cannot be kept, for want of room: a program that nobody listens to would end of it. */
async function keepLog(said: Readable, log: string): Promise<void> {
  const file = createWriteStream(log, { flags: 'a' });
  file.once('error', () => {
    said.unpipe(file);
    said.resume();
  });
  said.pipe(file);
  await finished(said).catch(() => {});
}

function noTrainer(why: string): ActivityError {
  const advice = '`npm run setup:trainer` installs what is needed on this machine.';
  return new ActivityError('NO_TRAINER', `There is no Python with TRL here (${why}). ${advice}`);
}
