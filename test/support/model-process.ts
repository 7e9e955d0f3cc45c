/** A model server in a process of its own, for tests that kill it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Completion } from '../../deploy/model-server/ledger.ts';
import type { ModelServer, ModelServerOptions } from '../../deploy/model-server/server.ts';

const program = join(import.meta.dirname, '../fixtures/jobs/model-server.ts');

/** A request that was answered in full, when it was; milliseconds since 1970. */
export type Completed = Completion & { readonly atMs: number };

/**
 * Its `close` is a SIGKILL. It counts nothing itself: what it has answered lies in `log`, to which its successors append.
 *
 * @param options but `onCompleted`.
 */
export async function startModelProcess(options: ModelServerOptions, log: string): Promise<ModelServer> {
  const child = fork(program, { execArgv: ['--import', 'tsx'] });
  child.send({ options, log });
  const port = await Promise.race([
    once(child, 'message').then(([said]) => Number(said)),
    once(child, 'exit').then(() => Promise.reject(new Error('The model server has not started.'))),
  ]);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    endpoint: `${url}/v1`,
    port,
    counts: () => ({}),
    async close() {
      const exited = once(child, 'exit');
      if (child.kill('SIGKILL')) await exited;
    },
  };
}

/** What servers have written to a log; a line that a kill has cut was no answer. */
export function readCompleted(log: string): readonly Completed[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Completed);
}
