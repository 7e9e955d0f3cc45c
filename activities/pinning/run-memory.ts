/** What runs hand from one execution to the next, where it is too large for a payload, or where the one before has failed. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { setTimeout } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { assertOwnRun, type OwnProject } from '../attempts/other-project.ts';
import type { Store } from '../store/store.ts';

const LIST_AGAIN_MS = 100;
/** A list that lags further behind than this fails the attempt. */
const LIST_WITHIN_MS = 20_000;

/** Durable: in the history of a run that is resumed. */
export interface RecallRequest {
  readonly runId: string;
  /** Name of the query that gives an execution's memory, piece by piece. */
  readonly query: string;
  /** Another run asks, for a part of itself: that there is nothing is no failure, and what has succeeded is kept, too. */
  readonly isPart?: true;
  /** The project whose run it is, if the one who asks knows; else the memo of the execution tells. */
  readonly project?: string;
}

/** The digests of the pieces of a memory's JSON text, and the project that has them. Durable. */
export interface MemoryPieces {
  readonly pieces: readonly string[];
  readonly project?: string;
}

/** Of a part that is not known or had not begun: no piece. Durable. */
export interface Recalled extends MemoryPieces {
  readonly hasSucceeded?: true;
}

/** By Temporal's names; durable. A worker of another project hands each back, with nothing done. Doing any twice leaves what doing it once leaves: a piece lies under its digest. */
export interface MemoryActivities {
  /** Keeps a piece of text and returns its digest. */
  readonly writeMemory: (request: { readonly text: string; readonly project?: string }) => Promise<string>;
  /** Throws `StoreError` `NO_SUCH_OBJECT`. */
  readonly readMemory: (request: { readonly digest: string; readonly project?: string }) => Promise<string>;
  /**
   * Keeps the memory of the last execution of a run before the one that asks. Throws, not to be retried,
   * `NOTHING_TO_RESUME` if there is none, or if it has succeeded.
   */
  readonly recallRun: (request: RecallRequest) => Promise<Recalled>;
}

interface Piece {
  readonly text: string;
  readonly pieces: number;
}

export function createMemoryActivities(
  store: Pick<Store, 'putObject' | 'getObject'>,
  own: OwnProject,
): MemoryActivities {
  return {
    writeMemory: async ({ text, project }) => {
      assertOwnRun(own, project, 'What a run remembers');
      return store.putObject(text);
    },
    readMemory: async ({ digest, project }) => {
      assertOwnRun(own, project, 'What a run remembers');
      return String(await store.getObject(digest));
    },
    recallRun: async ({ runId, query, isPart = false, project }) => {
      assertOwnRun(own, project, `The run '${runId}'`);
      for (const handle of await earlierExecutions(runId)) {
        const { status, memo } = await handle.describe();
        const { project: pinned } = memo ?? {};
        if (typeof pinned === 'string') assertOwnRun(own, pinned, `The run '${runId}'`);
        const pieces: string[] = [];
        let next: Piece | null = null;
        do {
          next = await handle.query<Piece | null, [number]>(query, pieces.length);
          // An execution that was never pinned has nothing to go on with; the one before it may have.
          if (next !== null) pieces.push(await store.putObject(next.text));
        } while (next !== null && pieces.length < next.pieces);
        if (pieces.length === 0) continue;
        const recalled = { pieces, project: own.project };
        if (status.name !== 'COMPLETED') return recalled;
        if (isPart) return { ...recalled, hasSucceeded: true };
        throw nothing(`The run '${runId}' has succeeded.`);
      }
      if (isPart) return { pieces: [] };
      throw nothing(`No earlier execution of the run '${runId}' is known that had begun.`);
    },
  };
}

/** The executions of a run before the one that asks, the last one first. */
async function earlierExecutions(runId: string): Promise<readonly WorkflowHandle[]> {
  const { client, info } = Context.current();
  const own = info.workflowExecution?.runId;
  const query = `WorkflowId = '${runId.replaceAll("'", "''")}'`;
  const deadline = Date.now() + LIST_WITHIN_MS;
  while (Date.now() < deadline) {
    const found: { readonly id: string; readonly startTime: Date }[] = [];
    for await (const { runId: id, startTime } of client.workflow.list({ query }))
      found.push({ id, startTime });
    // Temporal's list lags behind: what began before the one that asks is in it when that is.
    if (found.some(({ id }) => id === own))
      return found
        .filter(({ id }) => id !== own)
        .toSorted((one, other) => other.startTime.getTime() - one.startTime.getTime())
        .map(({ id }) => client.workflow.getHandle(runId, id));
    await setTimeout(LIST_AGAIN_MS);
  }
  throw new Error(`Temporal's list of executions of '${runId}' does not show the one that runs.`);
}

function nothing(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'NOTHING_TO_RESUME');
}
