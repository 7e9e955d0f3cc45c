/** Whether the Temporal server that a worker is connected to is the project's own: another may listen at the port that it had. */
import type { NativeConnection } from '@temporalio/worker';

/** gRPC's code for what there is not. */
const NOT_FOUND = 5;
const LOOK_EVERY_MS = 2_000;

/** False once the server has answered that it has no such namespace. Rejects if it does not answer. */
export async function isOwnServer(
  { workflowService }: Pick<NativeConnection, 'workflowService'>,
  mark: string,
): Promise<boolean> {
  try {
    await workflowService.describeNamespace({ namespace: mark });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return false;
    throw error;
  }
}

/**
 * Looks now and then, for as long as the process lives, whether the server is still the project's own.
 *
 * @param onStranger called once, when another one has answered.
 * @returns a function that ends it.
 */
export function watchServer(
  connection: Pick<NativeConnection, 'workflowService'>,
  mark: string,
  onStranger: () => void,
  everyMs = LOOK_EVERY_MS,
): () => void {
  let isOver = false;
  const look = async (): Promise<void> => {
    // A server that does not answer is waited for, as by everything else here.
    const isOwn = await isOwnServer(connection, mark).catch(() => true);
    if (isOver || isOwn) return;
    isOver = true;
    clearInterval(timer);
    onStranger();
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}
