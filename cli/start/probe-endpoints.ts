/** Asks every model server what it serves, before a run that would find out one call at a time. */
import { EMBEDDED } from '../../configs/settings/simulated.ts';
import type { ModelConfig, Settings } from '../../configs/settings/types.ts';
import { rolePlaces, type RolePlace } from '../../configs/settings/roles.ts';
import { parseDocument } from '../../definitions/documents/parse-document.ts';
import type { Path } from '../../definitions/model/walk-json.ts';
import { isFields } from '../../definitions/documents/fields.ts';
import { OPTIONS, type Finding, type Problem } from '../../definitions/documents/problem.ts';
import { readText } from '../../definitions/documents/read-text.ts';
import { parseFields } from '../../definitions/documents/json-text.ts';

/** A server that runs answers this at once, even under load. */
const TIMEOUT_MS = 5_000;
/** Names of other models that are told. */
const NAMES_SHOWN = 5;

export interface ProbeOptions {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether the endpoint or the model was given on the command line, so that no file is at fault. */
  readonly overridden: { readonly endpoint: boolean; readonly model: boolean };
}

/**
 * Problems of the servers that cannot be reached (`ENDPOINT_UNREACHABLE`), refuse the API key (`KEY_REFUSED`) or do not
 * serve the model (`MODEL_NOT_SERVED`); one for each server and model, at the first role that names them. A key that is
 * not set here is not missed, since workers may have it; and what a server does not tell, it is not blamed for.
 */
export async function probeEndpoints(settings: Settings, options: ProbeOptions): Promise<readonly Problem[]> {
  const probes = new Map<string, Promise<readonly Problem[]>>();
  for (const place of rolePlaces(settings)) {
    const { model } = place.config;
    for (const [index, endpoint] of model.endpoints.entries()) {
      const key = JSON.stringify([endpoint, model.name, model.apiKeyEnv]);
      if (endpoint === EMBEDDED || probes.has(key)) continue;
      probes.set(key, probeAt(endpoint, place, index, options));
    }
  }
  return (await Promise.all(probes.values())).flat();
}

async function probeAt(
  endpoint: string,
  place: RolePlace,
  index: number,
  { root, env, overridden }: ProbeOptions,
): Promise<readonly Problem[]> {
  const found = await probe(endpoint, place.config.model, env);
  if (found === undefined) return [];
  const { at, ...finding } = found;
  const path = [...place.path, 'model', ...(at === 'endpoints' ? ['endpoints', index] : [at])];
  if (at === 'endpoints' && overridden.endpoint) return [{ ...finding, ...given('endpoint') }];
  if (at === 'name' && overridden.model) return [{ ...finding, ...given('model') }];
  return [await locate(finding, root, place.file, path)];
}

/** What is wrong, and with which key of `model`. */
type Found = Finding & { readonly at: 'endpoints' | 'name' | 'apiKeyEnv' };

/** A list of models is short; whatever answers with more than this is something else. */
const MAX_ANSWER_BYTES = 1_000_000;

/** The text of an answer, as far as `MAX_ANSWER_BYTES`. */
async function readStart({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_ANSWER_BYTES);
}

async function probe(
  endpoint: string,
  { name, apiKeyEnv }: ModelConfig,
  env: NodeJS.ProcessEnv,
): Promise<Found | undefined> {
  const key = apiKeyEnv === undefined ? undefined : env[apiKeyEnv]?.trim();
  const url = `${endpoint.replace(/\/+$/u, '')}/models`;
  let status: number;
  let body: string;
  try {
    const response = await fetch(url, {
      headers: key ? { authorization: `Bearer ${key}` } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    body = await readStart(response);
  } catch (error) {
    return {
      at: 'endpoints',
      code: 'ENDPOINT_UNREACHABLE',
      message: `No model server answers at ${endpoint} (${reasonOf(error)}).`,
      advice: `Start it, or correct the address; \`curl ${url}\` must answer.`,
    };
  }
  if ((status === 401 || status === 403) && (key || apiKeyEnv === undefined)) {
    return {
      at: 'apiKeyEnv',
      code: 'KEY_REFUSED',
      message: `${endpoint} answers ${status}: ${key ? `it refuses the key in ${apiKeyEnv}` : 'it wants an API key'}.`,
      advice: key
        ? `Set ${apiKeyEnv} to a key that is good for it.`
        : 'Name the environment variable with its key in apiKeyEnv.',
    };
  }
  const served = status === 200 ? modelNames(body) : [];
  // Ollama lists the tag that it takes for granted.
  if (served.length === 0 || served.includes(name) || served.includes(`${name}:latest`)) return undefined;
  const others = served.length > NAMES_SHOWN ? ', …' : '';
  return {
    at: 'name',
    code: 'MODEL_NOT_SERVED',
    message: `${endpoint} serves no model '${name}'.`,
    advice: `It serves ${served.slice(0, NAMES_SHOWN).join(', ')}${others}.`,
  };
}

/** Names in the answer of `GET /v1/models`; none if it is no such answer. */
function modelNames(body: string): readonly string[] {
  const data = parseFields(body)?.['data'];
  const models: readonly unknown[] = Array.isArray(data) ? data : [];
  return models.flatMap((model) => (isFields(model) && typeof model['id'] === 'string' ? [model['id']] : []));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `not within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}

function given(path: 'endpoint' | 'model'): Pick<Problem, 'file' | 'path' | 'line' | 'column'> {
  return { file: OPTIONS, path, line: 1, column: 1 };
}

/** Where in a config; the file was checked a moment ago. */
async function locate(finding: Finding, root: string, file: string, path: Path): Promise<Problem> {
  const text = await readText(root, file);
  const document = text.ok ? parseDocument(text.value, file) : text;
  if (document.ok) return document.value.locate({ ...finding, at: path });
  return { ...finding, file, path: '', line: 1, column: 1 };
}
