/**
 * The embedded model server: vLLM's OpenAI-compatible HTTP API over simulated models, labelled as simulated in every
 * response. Loopback by default. Nothing that a client sends makes it fail: bad input is refused in vLLM's words.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createAdapters } from './adapters.ts';
import type { Adapter } from './adapters.ts';
import { ApiError } from './api-error.ts';
import { FINGERPRINT } from './answer-request.ts';
import { createCapacity } from './capacity.ts';
import type { CapacityOptions } from './capacity.ts';
import { parseBody, type Served } from './chat-request.ts';
import { createFaults } from './faults.ts';
import type { FaultOptions } from './faults.ts';
import { createGenerate, isGeneratingPath } from './generation.ts';
import { readJson, sendBody, sendError } from './http-body.ts';
import { createLedger } from './ledger.ts';
import type { Completion, Counts } from './ledger.ts';
import { renderMetrics } from './metrics.ts';
import type { MeasuredModel } from './metrics.ts';
import { tokenCounts } from './token-counts.ts';
import { simulatedModels, type SimulatedModel } from './world/roles.ts';
import { countTokens, MAX_MODEL_LEN } from './world/tokens.ts';
import { defaultWorld } from './world/world.ts';
import type { World } from './world/world.ts';

export interface ModelServerOptions extends CapacityOptions, FaultOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** 0 = any free port, the default. */
  readonly port?: number | undefined;
  /** Demanded of all requests below `/v1`, as vLLM's `--api-key`; absent = none is. */
  readonly apiKey?: string | undefined;
  /** Told of each request that was answered in full, as far as the server can tell. */
  readonly onCompleted?: ((completion: Completion) => void) | undefined;
  /** Switches of the simulated world that differ from `defaultWorld`. */
  readonly world?: Partial<World> | undefined;
}

export interface ModelServer {
  /** e.g. `http://127.0.0.1:8001`. */
  readonly url: string;
  /** The OpenAI-compatible base URL: `url` with `/v1`. */
  readonly endpoint: string;
  readonly port: number;
  /** Per model, as `GET /simulation/counts`. */
  readonly counts: () => { readonly [model: string]: Counts };
  /** Cuts all connections and stops listening. */
  readonly close: () => Promise<void>;
}

/** vLLM's (uvicorn's) idle time of a connection. */
const KEEP_ALIVE_MS = 5000;
const VERSION = '0.32.0+prose-simulated';

/** Starts a server; resolves when it listens, rejects if it cannot. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const world: World = { ...defaultWorld, ...options.world };
  const models = new Map<string, MeasuredModel>(
    simulatedModels.map(({ name }) => [
      name,
      {
        name,
        capacity: createCapacity(options),
        ledger: createLedger(options.onCompleted),
        slots: options.slots ?? Infinity,
      },
    ]),
  );
  const adapters = createAdapters();
  const served: Served<SimulatedModel> = {
    find(name) {
      const model = adapters.find(name)?.parent ?? simulatedModels.find((one) => one.name === name);
      return model === undefined ? undefined : { model, servedAs: name };
    },
    names: simulatedModels.map(({ name }) => name),
    maxModelLen: MAX_MODEL_LEN,
    countTokens,
  };
  const generate = createGenerate({ world, models, served, faultOf: createFaults(options) });
  const counts = (): { readonly [model: string]: Counts } =>
    Object.fromEntries(
      [...models.values()].map(({ name, capacity, ledger }) => [name, ledger.counts(capacity.maxRunning)]),
    );

  const createdAt = Math.floor(Date.now() / 1000);
  const pages: { readonly [path: string]: () => readonly [body: string, type?: string] } = {
    '/health': () => [''],
    '/ping': () => [''],
    '/version': () => [JSON.stringify({ version: VERSION })],
    '/v1/models': () => [JSON.stringify(modelList(createdAt, adapters.list()))],
    '/load': () => [JSON.stringify({ server_load: requestsInFlight([...models.values()]) })],
    '/metrics': () => [renderMetrics([...models.values()]), 'text/plain; version=0.0.4; charset=utf-8'],
    '/simulation/counts': () => [JSON.stringify(counts())],
    '/simulation/world': () => [JSON.stringify(world)],
  };

  const commands: {
    readonly [path: string]: (body: unknown) => Promise<readonly [body: string, type?: string]>;
  } = {
    '/v1/load_lora_adapter': async (body) => [await adapters.load(body), 'text/plain'],
    '/v1/unload_lora_adapter': async (body) => [adapters.unload(body), 'text/plain'],
    '/tokenize': async (body) => [JSON.stringify(tokenCounts(body, served))],
  };

  const startedAt = performance.now();
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('prose-simulated', 'true');
    if (performance.now() - startedAt < (options.slowStartMs ?? 0)) {
      throw new ApiError('STARTING', 'The server is starting.');
    }
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path.startsWith('/v1/') && !isAuthorized(request, options.apiKey)) {
      sendBody(response, 401, '{"error":"Unauthorized"}');
      return;
    }
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    const command = Object.hasOwn(commands, path) ? commands[path] : undefined;
    if (request.method === 'POST' && isGeneratingPath(path)) {
      await generate(path, request, response);
    } else if (request.method === 'POST' && command !== undefined) {
      sendBody(response, 200, ...(await command(parseBody(await readJson(request)))));
    } else if (request.method === 'GET' && page !== undefined) {
      sendBody(response, 200, ...page());
    } else if (page !== undefined || command !== undefined || isGeneratingPath(path)) {
      sendBody(response, 405, '{"detail":"Method Not Allowed"}');
    } else {
      sendBody(response, 404, '{"detail":"Not Found"}');
    }
  }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    handle(request, response).catch((error: unknown) => sendError(error, response));
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : (options.port ?? 0);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    url,
    endpoint: `${url}/v1`,
    port,
    counts,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Compares digests, so that the time it takes tells nothing of the key. */
function isAuthorized(request: IncomingMessage, apiKey: string | undefined): boolean {
  if (apiKey === undefined) return true;
  const [given, wanted] = [request.headers.authorization ?? '', `Bearer ${apiKey}`].map((text) =>
    createHash('sha256').update(text).digest(),
  );
  return given !== undefined && wanted !== undefined && timingSafeEqual(given, wanted);
}

function requestsInFlight(models: readonly MeasuredModel[]): number {
  return models.reduce((sum, { capacity }) => sum + capacity.running + capacity.waiting, 0);
}

/** Base models first, then adapters, as vLLM lists them. */
function modelList(created: number, adapters: readonly Adapter[]): object {
  const common = { object: 'model', created, owned_by: 'prose-simulated' };
  return {
    object: 'list',
    data: [
      ...simulatedModels.map(({ name }) => ({
        id: name,
        ...common,
        root: FINGERPRINT,
        parent: null,
        max_model_len: MAX_MODEL_LEN,
        permission: [],
      })),
      ...adapters.map(({ name, path, parent }) => ({
        id: name,
        ...common,
        root: path,
        parent: parent.name,
        max_model_len: null,
        permission: [],
      })),
    ],
  };
}
