/** Tells the adapter that a server answers with from another one, and from none: by what it answered when it had been trained. */
import type { Role, RoleConfig } from '../../../configs/settings/types.ts';
import type { ChatCall, Message, ModelClient } from '../model-client.ts';
import { ModelError } from '../model-error.ts';
import { AdapterError } from './adapters.ts';

/** A question, and what was answered greedily at the end of the training. Durable: an entry of `probes.json`. */
export interface AdapterProbe {
  readonly messages: readonly Message[];
  /** By the adapter. */
  readonly text: string;
  /** By the model without it. */
  readonly untrained: string;
  /** Tokens that the texts were cut off after. */
  readonly tokens: number;
}

export const PROBES_FILE = 'probes.json';

/** None for a version that was made elsewhere. */
export async function readProbes(files: {
  read(name: string): Promise<string | undefined>;
}): Promise<readonly AdapterProbe[]> {
  const content = await files.read(PROBES_FILE);
  return content === undefined ? [] : (JSON.parse(content) as AdapterProbe[]);
}

/**
 * Asks every server of the config its probes. Where the adapter says something else than the model without it, most answers must be
 * the adapter's: a number that is rounded in another order may change one. Probes that tell nothing are not asked.
 * @throws AdapterError `WRONG_ADAPTER`
 */
export async function assertServes(
  { models, signal }: { readonly models: Pick<ModelClient, 'chat'>; readonly signal: AbortSignal },
  config: RoleConfig,
  probes: readonly AdapterProbe[],
  role: Role,
): Promise<void> {
  const telling = probes.filter(({ text, untrained }) => text.trim() !== untrained.trim());
  if (telling.length === 0) return;
  for (const endpoint of config.model.endpoints) {
    const answers = await Promise.all(
      telling.map(({ messages, tokens }) =>
        greedy(models, {
          role,
          config: {
            ...config,
            model: { ...config.model, endpoints: [endpoint] },
            sampling: { temperature: 0, topP: 1, maxTokens: tokens },
            // A kept answer says nothing of what the server has now.
            request: { ...config.request, cache: false },
          },
          messages,
          seed: 0,
          signal,
        }),
      ),
    );
    const right = telling.filter(({ text }, index) => answers[index] === text.trim()).length;
    if (2 * right >= telling.length) continue;
    const untrained = telling.filter((probe, index) => answers[index] === probe.untrained.trim()).length;
    const as = 2 * untrained >= telling.length ? 'the model without it' : 'another model';
    throw new AdapterError(
      'WRONG_ADAPTER',
      endpoint,
      `${endpoint} answers as ${as} where '${config.model.name}' is asked: ${right} of ${telling.length} probes are as at its training. Is its base model the one that was trained, and its folder the version's own?`,
    );
  }
}

/** A text that is cut off is what is looked for. */
async function greedy(models: Pick<ModelClient, 'chat'>, call: ChatCall): Promise<string> {
  try {
    return (await models.chat(call)).text.trim();
  } catch (error) {
    if (error instanceof ModelError && error.answer !== undefined) return error.answer.text.trim();
    throw error;
  }
}
