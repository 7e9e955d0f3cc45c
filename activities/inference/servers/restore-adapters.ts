/** Servers that were restarted have lost their adapters: a call that finds its own gone brings it back. */
import type { ModelConfig } from '../../../configs/settings/types.ts';
import type { ChatCall, ModelClient } from '../model-client.ts';
import { ModelError } from '../model-error.ts';
import type { Adapter, Adapters } from '../adapters.ts';

/** The client's calls and adapters, so that what was loaded once in this process is there for every later call. */
export function restoringAdapters(
  chat: ModelClient['chat'],
  adapters: Adapters,
): Pick<ModelClient, 'chat' | 'adapters'> {
  const loaded = new Map<string, Adapter>();
  /** One server that is down does not keep the others from getting theirs back. @returns what it failed with */
  async function loadWherePossible(model: ModelConfig, adapter: Adapter): Promise<ModelError | undefined> {
    try {
      await adapters.load(model, adapter);
      return undefined;
    } catch (error) {
      if (error instanceof ModelError) return error;
      throw error;
    }
  }
  return {
    async chat(call: ChatCall) {
      try {
        return await chat(call);
      } catch (error) {
        const { model } = call.config;
        const lost = isUnknownModel(error) ? loaded.get(model.name) : undefined;
        if (lost === undefined) throw error;
        const failure = await loadWherePossible(model, lost);
        try {
          return await chat(call);
        } catch (again) {
          throw failure !== undefined && isUnknownModel(again) ? failure : again;
        }
      }
    },
    adapters: {
      ...adapters,
      async load(model, adapter) {
        await adapters.load(model, adapter);
        loaded.set(adapter.name, adapter);
      },
    },
  };
}

function isUnknownModel(error: unknown): boolean {
  return error instanceof ModelError && error.code === 'NO_SUCH_MODEL';
}
