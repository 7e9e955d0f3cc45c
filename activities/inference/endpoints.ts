/** The servers of a process: a connection pool for each, which of several to ask, and which to leave alone for a while. */
import { Pool } from 'undici';
import { ModelError } from './model-error.ts';
import type { Feature } from './request-body.ts';

/** Requests to one server at once; more wait here. vLLM's own default is 256 running sequences. */
const MAX_CONNECTIONS = 256;
/** uvicorn, which vLLM runs on, closes idle connections after 5 s: stay well below, or requests meet a closed one. */
const KEEP_ALIVE_MS = 3_000;
/** Failed connections in a row after which a server is left alone. */
const FAILURES_TO_EJECT = 3;
/** How long it is left alone before one request tries it again. */
const EJECTION_MS = 10_000;

export interface Endpoint {
  /** As configured, without credentials: `embedded` or a base URL. */
  readonly name: string;
  readonly pool: Pool;
  /** Path of chat completions. */
  readonly path: string;
  /** What this server was found to refuse. */
  readonly without: Set<Feature>;
  inFlight: number;
  failuresInARow: number;
  ejectedUntilMs: number;
}

export interface Endpoints {
  /** Endpoints by their configured names. Throws `ModelError` `NO_EMBEDDED_SERVER`, `BAD_ENDPOINT`. */
  resolve(names: readonly string[]): Endpoint[];
  /** Ends every connection; requests in flight fail. */
  close(): Promise<void>;
}

/** @param embeddedUrl base URL, ending in `/v1`, of the bundled models; undefined where they do not run. */
export function createEndpoints(embeddedUrl: string | undefined): Endpoints {
  const known = new Map<string, Endpoint>();
  return {
    resolve: (names) =>
      names.map((name) => {
        const endpoint = known.get(name) ?? openEndpoint(name, embeddedUrl);
        known.set(name, endpoint);
        return endpoint;
      }),
    async close() {
      await Promise.all([...known.values()].map(({ pool }) => pool.destroy()));
    },
  };
}

function openEndpoint(configured: string, embeddedUrl: string | undefined): Endpoint {
  if (configured === 'embedded' && embeddedUrl === undefined) {
    throw new ModelError(
      'NO_EMBEDDED_SERVER',
      configured,
      "The endpoint is 'embedded', but no embedded model server runs here.",
    );
  }
  const address = configured === 'embedded' ? String(embeddedUrl) : configured;
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw new ModelError('BAD_ENDPOINT', 'invalid', "An endpoint is neither 'embedded' nor an http(s) URL.");
  }
  const url = new URL(address);
  const base = url.pathname.replace(/\/+$/, '');
  return {
    name: configured === 'embedded' ? configured : `${url.origin}${base}`,
    pool: new Pool(url.origin, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // Servers send nothing before generation ends; `post` keeps the time.
      headersTimeout: 0,
      bodyTimeout: 0,
    }),
    path: `${base}/chat/completions${url.search}`,
    without: new Set(),
    inFlight: 0,
    failuresInARow: 0,
    ejectedUntilMs: 0,
  };
}

/**
 * The endpoint to ask next: the one with the fewest requests in flight among those that are well, or due for a trial
 * (one request at a time); any, if none is. A server that has just failed is asked again only if there is no other.
 */
export function chooseEndpoint(
  endpoints: readonly Endpoint[],
  failed: Endpoint | undefined,
  nowMs: number,
): Endpoint {
  const usable = endpoints.filter((endpoint) => isUsable(endpoint, nowMs));
  const others = usable.filter((endpoint) => endpoint !== failed);
  const candidates = [others, usable, endpoints].find((list) => list.length > 0) ?? [];
  const [first] = candidates.toSorted((left, right) => left.inFlight - right.inFlight);
  if (first === undefined) throw new ModelError('BAD_ENDPOINT', 'none', 'The model has no endpoint.');
  return first;
}

/** Tells how a request went, so that an endpoint that cannot be reached is ejected. Returns whether it now was. */
export function recordOutcome(
  endpoint: Endpoint,
  outcome: 'reached' | 'unreachable',
  nowMs: number,
): boolean {
  endpoint.failuresInARow = outcome === 'reached' ? 0 : endpoint.failuresInARow + 1;
  if (endpoint.failuresInARow < FAILURES_TO_EJECT) return false;
  const wasEjected = endpoint.ejectedUntilMs > nowMs;
  endpoint.ejectedUntilMs = nowMs + EJECTION_MS;
  return !wasEjected;
}

function isUsable(endpoint: Endpoint, nowMs: number): boolean {
  if (endpoint.failuresInARow < FAILURES_TO_EJECT) return true;
  return nowMs >= endpoint.ejectedUntilMs && endpoint.inFlight === 0;
}
