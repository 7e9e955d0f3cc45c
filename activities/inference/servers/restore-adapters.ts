/** Servers that were restarted have lost their adapters: a call that finds its own gone brings it back. */
import type { ChatCall, ModelClient } from '../model-client.ts';
import { ModelError } from '../model-error.ts';
import type { Adapter, Adapters } from '../adapters.ts';

/** The client's calls and adapters, so that what was loaded once in this process is there for every later call. */
export function restoringAdapters(
  chat: ModelClient['chat'],
  adapters: Adapters,
): Pick<ModelClient, 'chat' | 'adapters'> {
  const loaded = new Map<string, Adapter>();
  return {
    async chat(call: ChatCall) {
      try {
        return await chat(call);
      } catch (error) {
        const { model } = call.config;
        const lost = isUnknownModel(error) ? loaded.get(model.name) : undefined;
        if (lost === undefined) throw error;
        await adapters.load(model, lost);
        return chat(call);
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
