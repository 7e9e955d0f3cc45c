/** What runs hand from one execution to the next, where it is too large for a payload, or where the one before has failed. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Store } from './store/store.ts';

/** Durable: in the history of a run that is resumed. */
export interface RecallRequest {
  readonly runId: string;
  /** Name of the query that gives an execution's memory, piece by piece. */
  readonly query: string;
}

/** By Temporal's names; durable. Doing any twice leaves what doing it once leaves: a piece lies under its digest. */
export interface MemoryActivities {
  /** Keeps a piece of text and returns its digest. */
  readonly writeMemory: (request: { readonly text: string }) => Promise<string>;
  /** Throws `StoreError` `NO_SUCH_OBJECT`. */
  readonly readMemory: (request: { readonly digest: string }) => Promise<string>;
  /**
   * Keeps the memory of the last execution of a run before the one that asks. Throws, not to be retried,
   * `NOTHING_TO_RESUME` if there is none, or if it has succeeded.
   */
  readonly recallRun: (request: RecallRequest) => Promise<{ readonly pieces: readonly string[] }>;
}

interface Piece {
  readonly text: string;
  readonly pieces: number;
}

export function createMemoryActivities(store: Pick<Store, 'putObject' | 'getObject'>): MemoryActivities {
  return {
    writeMemory: ({ text }) => store.putObject(text),
    readMemory: async ({ digest }) => String(await store.getObject(digest)),
    recallRun: async ({ runId, query }) => {
      const { client, info } = Context.current();
      const earlier: { readonly runId: string; readonly startTime: Date; readonly state: string }[] = [];
      const list = client.workflow.list({ query: `WorkflowId = '${runId.replaceAll("'", "''")}'` });
      for await (const { runId: temporalRunId, startTime, status } of list)
        if (temporalRunId !== info.workflowExecution?.runId)
          earlier.push({ runId: temporalRunId, startTime, state: status.name });
      earlier.sort((one, other) => other.startTime.getTime() - one.startTime.getTime());
      for (const { runId: temporalRunId, state } of earlier) {
        const handle = client.workflow.getHandle(runId, temporalRunId);
        const pieces: string[] = [];
        let next: Piece | null = null;
        do {
          next = await handle.query<Piece | null, [number]>(query, pieces.length);
          // An execution that was never pinned has nothing to go on with; the one before it may have.
          if (next !== null) pieces.push(await store.putObject(next.text));
        } while (next !== null && pieces.length < next.pieces);
        if (pieces.length === 0) continue;
        if (state === 'COMPLETED') throw nothing(`The run '${runId}' has succeeded.`);
        return { pieces };
      }
      throw nothing(`No earlier execution of the run '${runId}' is known that had begun.`);
    },
  };
}

function nothing(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'NOTHING_TO_RESUME');
}
