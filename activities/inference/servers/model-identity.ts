/** Which model a server has behind a name, so that an answer is not taken for that of another model of the same name. */
import { askModels } from './ask-models.ts';
import { servedModel, type Endpoint } from './endpoints.ts';

/** A server may be started anew with other weights under the same name. */
const VALID_MS = 60_000;

/** What tells models apart in an entry of `GET /v1/models`: vLLM's and SGLang's path or hub name; llama.cpp's sizes. */
const TELLING = ['root', 'parent', 'meta', 'digest', 'fingerprint'] as const;

/**
 * The model behind a name at an endpoint, as the server tells it; where it tells no more than the name, or nothing, the
 * endpoint's own address: then no other server is known to have the same model.
 */
export function identityOf(
  endpoint: Endpoint,
  model: string,
  secret: string | undefined,
): string | Promise<string> {
  const served = servedModel(endpoint, model);
  if (served.identity !== undefined && performance.now() - served.identityAtMs < VALID_MS)
    return served.identity;
  served.asking ??= ask(endpoint, model, secret)
    .then((identity) => {
      served.identity = identity;
      served.identityAtMs = performance.now();
      return identity;
    })
    .finally(() => (served.asking = undefined));
  return served.asking;
}

async function ask(endpoint: Endpoint, model: string, secret: string | undefined): Promise<string> {
  const models = await askModels(endpoint, secret);
  const entry = models?.entries.find(({ id }) => id === model || id === `${model}:latest`);
  const told = TELLING.flatMap((key) => (entry?.[key] == null ? [] : [[key, entry[key]]]));
  return JSON.stringify(told.length === 0 ? { endpoint: endpoint.route.url.href } : Object.fromEntries(told));
}
