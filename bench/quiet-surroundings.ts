/** What an activity has around it in a benchmark that runs it in its own process. */
import type { ActivityContext } from '../activities/activity.ts';
import { SecretKeeper } from '../definitions/documents/secret-keeper.ts';
import { silentLog } from '../test/support/silent-log.ts';

/** No log, GPU, secret or environment, and nobody who cancels it or waits for its heartbeats. */
export function quietSurroundings(): Pick<
  ActivityContext,
  'task' | 'log' | 'gpus' | 'secrets' | 'environment' | 'signal' | 'heartbeat'
> {
  return {
    task: 'bench',
    log: silentLog,
    gpus: [],
    secrets: new SecretKeeper(),
    environment: () => undefined,
    signal: new AbortController().signal,
    heartbeat: () => {},
  };
}
