/** Which model a server has behind a name, so that an answer is not taken for that of another model of the same name. */
import type { Fields } from '../../../definitions/documents/fields.ts';
import { askModels } from './ask-models.ts';
import { servedModel, type Endpoint } from './endpoints.ts';

/** A server may be started anew with other weights under the same name. */
const VALID_MS = 60_000;

/**
 * The model behind a name at an endpoint, as the server tells it; where that does not say which weights they are, with the
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
  const entry = models?.entries.find(({ id }) => id === model || id === `${model}:latest`) ?? {};
  const weights = namesOf(entry, ['digest', 'fingerprint', ...(saysRoot(entry) ? ['root', 'parent'] : [])]);
  if (Object.keys(weights).length > 0) return JSON.stringify(weights);
  // What changes with the weights of one server: llama.cpp's sizes; when a tag of Ollama was made.
  const marks = namesOf(entry, ['meta', ...(entry['owned_by'] === 'library' ? ['created'] : [])]);
  return JSON.stringify({ endpoint: endpoint.route.url.href, ...marks });
}

/** Whether `root` is the path or hub name of the weights: vLLM's always; SGLang's is the name that they are served under. */
function saysRoot({ id, root, owned_by: owner }: Fields): boolean {
  return root != null && (root !== id || owner === 'vllm');
}

function namesOf(entry: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.flatMap((key) => (entry[key] == null ? [] : [[key, entry[key]]])));
}
