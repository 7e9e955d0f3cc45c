import { EMBEDDED } from '../../configs/settings/simulated.ts';
import type { ChatAnswer, ModelClient } from '../../activities/inference/model-client.ts';
import { simulatedModels } from '../../deploy/model-server/world/roles.ts';
import { simulate } from '../../deploy/model-server/world/simulate.ts';
import type { World } from '../../deploy/model-server/world/world.ts';
import { noAdapters } from '../../test/support/no-adapters.ts';

/** The embedded models without their server: the same answers as over HTTP, at once. */
export function createSimulatedModels(world: World): ModelClient {
  return {
    async chat({ config, messages, seed, schema }): Promise<ChatAnswer> {
      const model = simulatedModels.find(({ name }) => name === config.model.name);
      if (model === undefined) throw new RangeError(`There is no simulated model '${config.model.name}'.`);
      const request = {
        messages,
        temperature: config.sampling.temperature,
        seed,
        sample: 0,
        asksForJson: schema !== undefined,
        ...(schema === undefined ? {} : { schema: schema.schema }),
      };
      const { tokens, distributions } = simulate(model, request, world);
      return {
        text: tokens.join(''),
        finishReason: 'stop',
        thinking: null,
        thinkingTokens: 0,
        tokensAreEstimated: false,
        logprobs: tokens.map((token, index) => ({
          token,
          logprob: 0,
          top: (distributions.get(index) ?? []).map((probability, level) => ({
            token: String(level + 1),
            logprob: Math.log(probability),
          })),
        })),
        model: model.name,
        endpoint: EMBEDDED,
        promptTokens: 0,
        completionTokens: tokens.length,
        seconds: 0,
        requests: 1,
      };
    },
    adapters: noAdapters,
    close: async () => {},
  };
}
