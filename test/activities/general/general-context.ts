/** What an activity is given, for tests that call it without Temporal. */
import type { ActivityContext, Progress } from '../../../activities/activity.ts';
import type { ModelClient } from '../../../activities/inference/model-client.ts';
import { createStore } from '../../../activities/store/create-store.ts';
import { SecretKeeper } from '../../../definitions/documents/secret-keeper.ts';
import { loadSettings } from '../../../configs/load.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { silentLog } from '../../support/silent-log.ts';
import { withTemporaryRoot } from '../store/temporary-root.ts';
import { noAdapters } from '../../support/no-adapters.ts';

export interface GeneralContext extends ActivityContext {
  /** Every progress that was told. */
  readonly told: readonly Progress[];
}

const noModels: ModelClient = {
  chat: () => Promise.reject(new Error('This test has no models.')),
  adapters: noAdapters,
  close: async () => {},
};

/** Runs a test with the context of a run in an empty project, and the settings of this one. */
export async function withContext(
  work: (context: GeneralContext, root: string) => Promise<void>,
  options: {
    readonly env?: { readonly [name: string]: string };
    readonly models?: ModelClient;
    readonly signal?: AbortSignal;
  } = {},
): Promise<void> {
  const settings = await loadSettings(packageRoot);
  if (!settings.ok) throw new Error('The settings of the project are not valid.');
  await withTemporaryRoot(async (root) => {
    const store = await createStore({ root });
    const told: Progress[] = [];
    try {
      await work(
        {
          run: { runId: 'run/1', definition: 'd', settingsDigest: '0', digest: 'digest', seed: 1 },
          task: 'all[0].do',
          settings: settings.value,
          root,
          store,
          models: options.models ?? noModels,
          log: silentLog,
          gpus: [],
          secrets: new SecretKeeper(),
          environment: (name) => options.env?.[name],
          signal: options.signal ?? new AbortController().signal,
          heartbeat: (progress) => told.push(progress),
          told,
        },
        root,
      );
    } finally {
      await store.close();
    }
  });
}

/** Whether an error has this code. */
export const hasCode = (code: string) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === code;
