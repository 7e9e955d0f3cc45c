/** LoRA adapters on running servers: loaded, removed and listed in place, by vLLM's API. */
import { EMBEDDED } from '../../../configs/settings/simulated.ts';
import { isAbsolute } from 'node:path';
import { request } from 'undici';
import { isFields } from '../../../definitions/documents/fields.ts';
import type { ModelConfig } from '../../../configs/settings/types.ts';
import type { Adapter, Adapters, ServedAdapter } from '../adapters.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import { ModelError } from '../model-error.ts';
import { refusal } from '../wire/http-failures.ts';
import { parseErrorBody } from '../wire/response.ts';

/**
 * - `NO_ADAPTER_SUPPORT`: the server does not load adapters while it runs; the message says how to start it
 * - `ADAPTER_NOT_FOUND`: there is no adapter in that folder, as the server sees it
 * - `ADAPTER_NAME_TAKEN`: another adapter, or the base model, has that name
 * - `ADAPTER_REFUSED`: the server cannot use it: its rank is too large, its tensors do not fit, it is no plain LoRA
 * - `WRONG_ADAPTER`: under its name the server answers as another model (`probe-adapter.ts`)
 * - `BAD_ADAPTER_PATH`: the path is relative, which a server may take for the name of a model on a hub, and download
 */
export type AdapterErrorCode =
  | 'NO_ADAPTER_SUPPORT'
  | 'ADAPTER_NOT_FOUND'
  | 'ADAPTER_NAME_TAKEN'
  | 'ADAPTER_REFUSED'
  | 'WRONG_ADAPTER'
  | 'BAD_ADAPTER_PATH';

/** What no retry mends. All else that goes wrong is a `ModelError`, as with calls. */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';
  readonly retryable = false;
  readonly code: AdapterErrorCode;
  /** The server's base URL, or `embedded`. */
  readonly endpoint: string;

  constructor(code: AdapterErrorCode, endpoint: string, message: string) {
    super(message);
    this.code = code;
    this.endpoint = endpoint;
  }
}

export interface AdapterOptions {
  /** Base URL, ending in `/v1`, of the bundled models; undefined where they do not run. */
  readonly embeddedUrl: string | undefined;
  /** Value of the environment variable of that name. It goes into the Authorization header and nowhere else. */
  readonly apiKey: (environmentVariable: string) => string | undefined;
}

/** Weights of many gigabytes are read before the answer. */
const TIMEOUT_MS = 600_000;

const HOW_TO_START =
  'Start vLLM with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=1 in its environment (and --api-server-count 1).';

/** Creates the access to the adapters of all servers. */
export function createAdapters(options: AdapterOptions): Adapters {
  const serversOf = (model: ModelConfig): Server[] =>
    model.endpoints.map((endpoint) => openServer(endpoint, model, options));
  return {
    load: async (model, adapter) => {
      await settled(serversOf(model).map((server) => loadInto(server, adapter)));
    },
    unload: async (model, name) => {
      await settled(serversOf(model).map((server) => unloadFrom(server, name)));
    },
    list: (model) => settled(serversOf(model).map(listOf)),
  };
}

/** One server of a model. */
interface Server {
  /** As in messages: without credentials. */
  readonly name: string;
  readonly model: ModelConfig;
  /** The API key. */
  readonly secret: string | undefined;
  /** GET, or POST where there is a body. Rejects with `ModelError` `CONNECTION_FAILED`. */
  readonly ask: (path: string, body?: object) => Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

function openServer(endpoint: string, model: ModelConfig, { embeddedUrl, apiKey }: AdapterOptions): Server {
  const address = endpoint === EMBEDDED ? embeddedUrl : endpoint;
  if (address === undefined) {
    const message = `The endpoint is '${EMBEDDED}', but no embedded model server runs here.`;
    throw new ModelError('NO_EMBEDDED_SERVER', endpoint, message);
  }
  const url = new URL(address);
  const base = url.origin + url.pathname.replace(/\/+$/, '');
  const name = endpoint === EMBEDDED ? endpoint : base;
  const secret = model.apiKeyEnv === undefined ? undefined : apiKey(model.apiKeyEnv)?.trim();
  return {
    name,
    model,
    secret,
    async ask(path, body) {
      try {
        const answer = await request(`${base}${path}${url.search}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            'content-type': 'application/json',
            ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
          },
          body: body === undefined ? null : JSON.stringify(body),
          // These calls are rare: no connection is kept for the server to close under the next one.
          reset: true,
          headersTimeout: TIMEOUT_MS,
        });
        const header = answer.headers['retry-after'];
        const retryAfter = Array.isArray(header) ? header[0] : header;
        return { status: answer.statusCode, text: await answer.body.text(), retryAfter };
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        const message = `The connection to ${name} failed: ${reason}.`;
        throw new ModelError('CONNECTION_FAILED', name, message, { cause });
      }
    },
  };
}

async function loadInto(server: Server, { name, path }: Adapter): Promise<void> {
  if (!isAbsolute(path)) {
    const message = `The path '${path}' of adapter '${name}' is relative; it must be absolute, as the server sees it.`;
    throw new AdapterError('BAD_ADAPTER_PATH', server.name, message);
  }
  if (await isLoaded(server, name, path)) return;
  const answer = await server.ask('/load_lora_adapter', { lora_name: name, lora_path: path });
  if (answer.status === 200) return;
  // Somebody else may have loaded it in between.
  if (answer.status === 400 && (await isLoaded(server, name, path))) return;
  throw adapterError(server, answer, name, path);
}

/** Throws `ADAPTER_NAME_TAKEN` if another adapter has the name. */
async function isLoaded(server: Server, name: string, path: string): Promise<boolean> {
  const served = (await listOf(server)).find((one) => one.name === name);
  if (served === undefined || served.path === path) return served !== undefined;
  const message = `${server.name} has an adapter '${name}' from ${served.path}, not from ${path}. Give each version a name of its own, or unload that one first.`;
  throw new AdapterError('ADAPTER_NAME_TAKEN', server.name, message);
}

async function unloadFrom(server: Server, name: string): Promise<void> {
  const answer = await server.ask('/unload_lora_adapter', { lora_name: name });
  const isGone = answer.status === 404 && /cannot be found/.test(answer.text);
  if (answer.status !== 200 && !isGone) throw adapterError(server, answer, name, '');
}

async function listOf(server: Server): Promise<readonly ServedAdapter[]> {
  const answer = await server.ask('/models');
  if (answer.status !== 200) throw refusal(server.name, server.model, answer, server.secret);
  const body = parseJson(answer.text);
  const entries: readonly unknown[] = isFields(body) && Array.isArray(body['data']) ? body['data'] : [];
  return entries.flatMap((entry) => {
    if (!isFields(entry)) return [];
    const { id, root, parent } = entry;
    return typeof id === 'string' && typeof root === 'string' && typeof parent === 'string'
      ? [{ name: id, path: root, base: parent }]
      : [];
  });
}

function adapterError(server: Server, answer: Answer, name: string, path: string): Error {
  const { message } = parseErrorBody(answer.text);
  const fail = (code: AdapterErrorCode, said: string): Error => new AdapterError(code, server.name, said);
  if (
    answer.status === 405 ||
    (answer.status === 404 && isNoRoute(answer.text)) ||
    /LoRA is not enabled/i.test(message)
  ) {
    return fail('NO_ADAPTER_SUPPORT', `${server.name} loads no adapters while it runs. ${HOW_TO_START}`);
  }
  if (answer.status === 404) {
    const where = `${server.name} finds no adapter '${name}' at ${path}`;
    return fail('ADAPTER_NOT_FOUND', `${where}: the folder must be there on the server's own machine.`);
  }
  if (answer.status === 400 && /conflicts with a served base model|already been loaded/.test(message)) {
    return fail(
      'ADAPTER_NAME_TAKEN',
      `${server.name} has another model '${name}'; adapters need names of their own.`,
    );
  }
  if (answer.status === 400 || (answer.status === 500 && /add_lora/.test(message))) {
    return fail('ADAPTER_REFUSED', `${server.name} cannot use adapter '${name}': ${message}`);
  }
  return refusal(server.name, server.model, answer, server.secret);
}

/** FastAPI's answer for a path that it does not have, which other servers send in forms of their own. */
function isNoRoute(text: string): boolean {
  const body = parseJson(text);
  return !(isFields(body) && isFields(body['error']) && body['error']['type'] === 'NotFoundError');
}

/** Waits for all, so that nothing goes on behind a caller's back, then throws the first error. */
async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
