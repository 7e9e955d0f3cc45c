/** Where the log lines of a worker go: those of a run into the run's own file, warnings to standard error too. */
import { pino, type Logger } from 'pino';
import type { SecretKeeper } from '../definitions/documents/secret-keeper.ts';
import type { Backend } from '../activities/store/backend.ts';
import { runLogFile } from '../activities/store/run-paths.ts';

/**
 * The logger of a worker process. A line with a `runId` (its own or its logger's) is appended to that run's file,
 * whichever worker writes it; lines from `warn` upwards go to standard error as well. Secrets stand in none.
 */
export function createWorkerLogger(
  backend: Backend,
  standardError: NodeJS.WritableStream,
  secrets: SecretKeeper,
): Logger {
  const toRun = (line: string): void => appendToRun(backend, secrets.hide(line), standardError);
  const streams = pino.multistream([
    { level: 'info', stream: { write: toRun } },
    { level: 'warn', stream: { write: (line: string) => void standardError.write(secrets.hide(line)) } },
  ]);
  return pino({ level: 'info', base: { pid: process.pid } }, streams);
}

/**
 * A file is opened for each line and closed after it: a worker serves many runs for weeks, activities log a few
 * lines a minute, and a line that was written survives a kill. A full disk must not fail the activity that logs.
 */
function appendToRun(backend: Backend, line: string, standardError: NodeJS.WritableStream): void {
  const { runId } = JSON.parse(line) as { runId?: unknown };
  if (typeof runId !== 'string') return;
  try {
    using log = backend.openLog(runLogFile(runId));
    log.append(Buffer.from(line));
  } catch (error) {
    standardError.write(`No log of run ${runId}: ${String(error)}\n${line}`);
  }
}
