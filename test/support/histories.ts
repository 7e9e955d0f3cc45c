/** Histories of runs, recorded once and replayed for ever (invariant 8). */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { packageRoot, workflowBundlePath } from '../../workers/workflow-bundle.ts';
import { quietLogger } from './temporal.ts';

const folder = join(packageRoot, 'test', 'histories');

/** Replays the history of a run that has ended, and records it as `<name>.json` if PROSE_RECORD_HISTORIES is set. */
export async function saveHistory(name: string, run: WorkflowHandle): Promise<void> {
  const history = await run.fetchHistory();
  await replayHistory(history, run.workflowId);
  if (process.env['PROSE_RECORD_HISTORIES'] === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), historyToJSON(history));
}

/** The recorded histories, by name. */
export async function readHistories(): Promise<ReadonlyMap<string, unknown>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  const read = async (name: string): Promise<[string, unknown]> => [
    name.replace(/\.json$/, ''),
    JSON.parse(await readFile(join(folder, name), 'utf8')),
  ];
  return new Map(await Promise.all(names.map(read)));
}

/** Runs the interpreter over a history; rejects if it would do other than it did. */
export async function replayHistory(history: unknown, workflowId: string): Promise<void> {
  const codePath = await workflowBundlePath(packageRoot, quietLogger);
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, workflowId);
}
