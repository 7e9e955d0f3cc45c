/** Histories of runs, recorded once and replayed for ever (invariant 8). */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { packageRoot, workflowBundlePath } from '../../workers/workflow-bundle.ts';
import { payloads } from './payloads.ts';
import { installQuietRuntime, quietLogger } from './temporal.ts';

const folder = join(packageRoot, 'test', 'histories');

/** Replays the history of a run that has ended, and records it as `<name>.json` if PROSE_RECORD_HISTORIES is set. */
export async function saveHistory(name: string, run: WorkflowHandle): Promise<void> {
  const history = await run.fetchHistory();
  await replayHistory(history, run.workflowId);
  if (process.env['PROSE_RECORD_HISTORIES'] === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(toJson(await whole(history)), null, 1)}\n`);
}

/** With every payload that lies in the store of the tests in its place: what is recorded outlasts them. */
async function whole(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(whole));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if ('toNumber' in value) return value;
  if ('metadata' in value && 'data' in value) return (await payloads.decode([value as Payload]))[0];
  const fields = Object.entries(value).map(async ([name, field]) => [name, await whole(field)] as const);
  return Object.fromEntries(await Promise.all(fields));
}

/** The recorded histories, by name, as `replayHistory` takes them. */
export async function readHistories(): Promise<ReadonlyMap<string, unknown>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  const read = async (name: string): Promise<[string, unknown]> => [
    name.replace(/\.json$/, ''),
    fromJson(JSON.parse(await readFile(join(folder, name), 'utf8'))),
  ];
  return new Map(await Promise.all(names.map(read)));
}

interface StartedHistory {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string };
  }[];
}

/** The id of the run that a history is of: the ids of its children begin with it. */
export function workflowIdOf(history: unknown): string {
  const [first] = (history as StartedHistory).events;
  return first?.workflowExecutionStartedEventAttributes?.workflowId ?? '';
}

/** Runs the interpreter over a history; rejects if it would do other than it did. */
export async function replayHistory(history: unknown, workflowId: string): Promise<void> {
  installQuietRuntime();
  const codePath = await workflowBundlePath(packageRoot, quietLogger);
  const dataConverter = { payloadCodecs: [payloads] };
  await Worker.runReplayHistory({ workflowBundle: { codePath }, dataConverter }, history, workflowId);
}

/**
 * A protobuf message as JSON: 64-bit integers as numbers (none comes near 2^53), bytes as `{ base64 }`. The SDK's
 * own `historyToJSON` needs its packages to share one copy of protobufjs, which an installation need not have.
 */
function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  if ('toNumber' in value && typeof value.toNumber === 'function')
    return (value as { toNumber(): number }).toNumber();
  const set = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(set.map(([name, field]) => [name, toJson(field)]));
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value;
  if ('base64' in value) return Buffer.from(String(value.base64), 'base64');
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fromJson(field)]));
}
