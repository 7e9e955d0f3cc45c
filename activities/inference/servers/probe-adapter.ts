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
 * Asks every server of the config its probes, the adapter and the model without it at once. Most of the adapter's answers must be as
 * at its training: a number that is rounded in another order may change one. The model itself must not answer as the adapter: a
 * server that mixes them up (vLLM 0.32 does so on a processor where adapters fill all of its `--max-loras`) would make every
 * comparison one of the adapter with itself. Probes that tell nothing are not asked.
 * @throws AdapterError `WRONG_ADAPTER`
 */
export async function assertServes(
  { models, signal }: { readonly models: Pick<ModelClient, 'chat'>; readonly signal: AbortSignal },
  { served, base }: { readonly served: RoleConfig; readonly base: RoleConfig },
  probes: readonly AdapterProbe[],
  role: Role,
): Promise<void> {
  const telling = probes.filter(({ text, untrained }) => text.trim() !== untrained.trim());
  if (telling.length === 0) return;
  for (const endpoint of served.model.endpoints) {
    const ask = (config: RoleConfig): Promise<string[]> =>
      Promise.all(
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
    const [adapted, plain] = await Promise.all([ask(served), ask(base)]);
    const alike = (answers: readonly string[], key: 'text' | 'untrained'): number =>
      telling.filter((probe, index) => answers[index] === probe[key].trim()).length;
    const isMost = (count: number): boolean => 2 * count >= telling.length;
    const fail = (what: string, advice: string): AdapterError =>
      new AdapterError('WRONG_ADAPTER', endpoint, `${endpoint} answers ${what}. ${advice}`);
    const right = alike(adapted, 'text');
    if (!isMost(right)) {
      const as = isMost(alike(adapted, 'untrained')) ? 'the model without it' : 'another model';
      throw fail(
        `as ${as} where '${served.model.name}' is asked: ${right} of ${telling.length} probes are as at its training`,
        "Is its base model the one that was trained, and its folder the version's own?",
      );
    }
    if (isMost(alike(plain, 'text')))
      throw fail(
        `as the adapter '${served.model.name}' where '${base.model.name}' is asked beside it`,
        'Start vLLM with more --max-loras than it is to serve.',
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
