/** The servers of a process: a connection pool for each, a limit, and how it is doing. */
import { EMBEDDED } from '../../../configs/settings/simulated.ts';
import { Pool } from 'undici';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { fnv1a32 } from '../../../definitions/model/fnv.ts';
import { ModelError } from '../model-error.ts';
import { Pace } from './pace.ts';
import { ServedModel } from './served-model.ts';

/** uvicorn, which vLLM runs on, closes idle connections after 5 s: stay well below, or requests meet a closed one. */
const KEEP_ALIVE_MS = 3_000;
export interface Endpoint {
  /** As configured, without credentials: `embedded` or a base URL. */
  readonly name: string;
  /** Where chat completions are asked; another place of the same host once it redirects there. */
  route: Route;
  /** What is known of each model, by its name. */
  readonly models: Map<string, ServedModel>;
  readonly limit: ConcurrencyLimit;
  readonly pace: Pace;
  /** Tokens that each of those under way together was given so far: of every answer (and one) its share by how many these were. */
  givenEach: number;
  /** The greatest `sampling.maxTokens` of the calls made there. */
  mostTokens: number;
  /** 32 bits that tell it from others where prefixes are assigned to servers. */
  readonly mark: number;
  /** Times that it could not be reached, hung or failed, since it last answered. */
  failuresInARow: number;
  ejectedUntilMs: number;
  /** Times that the limit was lowered since it last answered. */
  refusalsInARow: number;
  /** No request is made before, as it asked for. */
  pausedUntilMs: number;
}

export interface Route {
  readonly pool: Pool;
  readonly url: URL;
  /** Path of chat completions. */
  readonly path: string;
}

export interface Endpoints {
  /** Endpoints by their configured names; the same list for the same names. Throws `ModelError` `NO_EMBEDDED_SERVER`, `BAD_ENDPOINT`. */
  resolve(names: readonly string[]): readonly Endpoint[];
  /** Ends every connection; requests in flight fail. */
  close(): Promise<void>;
}

/** @param embeddedUrl base URL, ending in `/v1`, of the bundled models; undefined where they do not run. */
export function createEndpoints(embeddedUrl: string | undefined): Endpoints {
  const known = new Map<string, Endpoint>();
  const lists = new Map<string, readonly Endpoint[]>();
  const open = (name: string): Endpoint => {
    const endpoint = known.get(name) ?? openEndpoint(name, embeddedUrl);
    known.set(name, endpoint);
    return endpoint;
  };
  return {
    resolve(names) {
      const key = names.join('\n');
      const list = lists.get(key) ?? names.map(open);
      lists.set(key, list);
      return list;
    },
    async close() {
      await Promise.all([...known.values()].map(({ route }) => route.pool.destroy()));
    },
  };
}

function openEndpoint(configured: string, embeddedUrl: string | undefined): Endpoint {
  if (configured === EMBEDDED && embeddedUrl === undefined) {
    throw new ModelError(
      'NO_EMBEDDED_SERVER',
      configured,
      `The endpoint is '${EMBEDDED}', but no embedded model server runs here.`,
    );
  }
  const address = configured === EMBEDDED ? String(embeddedUrl) : configured;
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw new ModelError(
      'BAD_ENDPOINT',
      'invalid',
      `An endpoint is neither '${EMBEDDED}' nor an http(s) URL.`,
    );
  }
  const base = new URL(address);
  const url = new URL(base.href);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/chat/completions`;
  return {
    name: configured === EMBEDDED ? configured : `${base.origin}${base.pathname.replace(/\/+$/, '')}`,
    route: openRoute(url),
    models: new Map(),
    limit: new ConcurrencyLimit(),
    pace: new Pace(),
    givenEach: 0,
    mostTokens: 0,
    mark: fnv1a32(base.href),
    failuresInARow: 0,
    ejectedUntilMs: 0,
    refusalsInARow: 0,
    pausedUntilMs: 0,
  };
}

function openRoute(url: URL): Route {
  const pool = new Pool(url.origin, {
    // One request each, and as many as the limit lets through.
    connections: null,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    // Servers send nothing before generation ends; `post` keeps the time.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { pool, url, path: url.pathname + url.search };
}

/**
 * Asks an endpoint at another place from now on, to which it has redirected.
 * @returns false where that is another host, or leads from https to http: nobody has said that it may have the messages.
 */
export function follow(endpoint: Endpoint, from: Route, location: string): boolean {
  if (!URL.canParse(location, from.url.href)) return false;
  const url = new URL(location, from.url.href);
  const isSafe = url.protocol === from.url.protocol || url.protocol === 'https:';
  if (url.hostname !== from.url.hostname || !isSafe) return false;
  // Calls that are under way may have been redirected before.
  if (endpoint.route.url.href === url.href) return true;
  if (url.origin === from.url.origin) {
    endpoint.route = { ...from, url, path: url.pathname + url.search };
  } else {
    endpoint.route = openRoute(url);
    void from.pool.close();
  }
  return true;
}

/** What is known of a model at an endpoint. */
export function servedModel(endpoint: Endpoint, name: string): ServedModel {
  const known = endpoint.models.get(name) ?? new ServedModel();
  endpoint.models.set(name, known);
  return known;
}
