/** One small call to every real model before a run with a budget: whether its server counts tokens, and how fast it is. */
import { EMBEDDED } from '../../configs/settings/simulated.ts';
import {
  createModelClient,
  type ModelClientOptions,
} from '../../activities/inference/create-model-client.ts';
import { durationMs } from '../../definitions/model/duration.ts';
import { ModelError, type PaidTokens } from '../../activities/inference/model-error.ts';
import type { ModelClient } from '../../activities/inference/model-client.ts';
import { rolesOf } from '../../configs/settings/roles.ts';
import type { Budget, RoleConfig, Settings } from '../../configs/settings/types.ts';
import type { Duration } from '../../definitions/model/types.ts';

/** Longest answer of such a call. */
const MAX_TOKENS = 16;
const TIMEOUT: Duration = '30s';

export interface SampleOptions {
  readonly settings: Settings;
  readonly budget: Budget | undefined;
  /** What a task of the run may take, where that is known. */
  readonly taskTimeout: Duration | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly log: ModelClientOptions['log'];
}

/**
 * Lines for a person, none where all is well or where the budget is none of tokens or money: servers that do not count
 * tokens, so that the budget goes by an estimate, and those whose longest answer takes longer than a task may. What cannot be
 * asked from here is passed over.
 */
export async function sampleLines({
  settings,
  budget,
  taskTimeout,
  env,
  log,
}: SampleOptions): Promise<string[]> {
  if (budget?.tokens === undefined && budget?.money === undefined) return [];
  const samples = new Map<string, { readonly config: RoleConfig; readonly endpoint: string }>();
  for (const config of rolesOf(settings)) {
    for (const endpoint of config.model.endpoints) {
      if (endpoint !== EMBEDDED) samples.set(`${endpoint}\n${config.model.name}`, { config, endpoint });
    }
  }
  const client = createModelClient({ embeddedUrl: undefined, apiKey: (name) => env[name], log });
  try {
    const lines = await Promise.all(
      [...samples.values()].map(async ({ config, endpoint }) => {
        const sample = await ask(client, config, endpoint);
        return sample === undefined ? [] : linesOf(sample, config, endpoint, taskTimeout);
      }),
    );
    return lines.flat();
  } finally {
    await client.close();
  }
}

type Sample = PaidTokens & { readonly seconds: number };

async function ask(client: ModelClient, config: RoleConfig, endpoint: string): Promise<Sample | undefined> {
  try {
    return await client.chat({
      role: 'main_model',
      config: {
        model: { ...config.model, endpoints: [endpoint] },
        sampling: { ...config.sampling, maxTokens: MAX_TOKENS },
        request: { ...config.request, timeout: TIMEOUT, maxAttempts: 1, cache: false },
      },
      messages: [{ role: 'user', content: 'Name three colours.' }],
      seed: 1,
      signal: AbortSignal.timeout(durationMs(TIMEOUT)),
    });
  } catch (error) {
    return error instanceof ModelError ? error.answer : undefined;
  }
}

function linesOf(
  { tokensAreEstimated, completionTokens, seconds }: Sample,
  { model, sampling }: RoleConfig,
  endpoint: string,
  taskTimeout: Duration | undefined,
): string[] {
  const lines: string[] = [];
  if (tokensAreEstimated) {
    lines.push(
      `${endpoint} does not count the tokens of '${model.name}': they are estimated by the length of the texts, so the budget is kept only roughly.`,
    );
  }
  const longestSeconds = (sampling.maxTokens * seconds) / completionTokens;
  if (taskTimeout !== undefined && longestSeconds > durationMs(taskTimeout) / 1000) {
    lines.push(
      `${endpoint} takes about ${Math.ceil(longestSeconds / 60)} min for an answer of ${sampling.maxTokens} tokens of '${model.name}', and a task may take ${taskTimeout}: lower sampling.maxTokens or raise the definition's timeout.`,
    );
  }
  return lines;
}
