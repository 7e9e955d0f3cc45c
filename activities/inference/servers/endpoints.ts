/** The servers of a process: a connection pool for each, a limit, and how it is doing. */
import { Pool } from 'undici';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { hash32 } from '../hash32.ts';
import { ModelError } from '../model-error.ts';
import { Pace } from './pace.ts';
import type { Feature } from '../wire/request-body.ts';

/** uvicorn, which vLLM runs on, closes idle connections after 5 s: stay well below, or requests meet a closed one. */
const KEEP_ALIVE_MS = 3_000;
export interface Endpoint {
  /** As configured, without credentials: `embedded` or a base URL. */
  readonly name: string;
  readonly pool: Pool;
  /** Path of chat completions. */
  readonly path: string;
  /** What this server was found to refuse. */
  readonly without: Set<Feature>;
  readonly limit: ConcurrencyLimit;
  readonly pace: Pace;
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
      // One request each, and as many as the limit lets through.
      connections: null,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // Servers send nothing before generation ends; `post` keeps the time.
      headersTimeout: 0,
      bodyTimeout: 0,
    }),
    path: `${base}/chat/completions${url.search}`,
    without: new Set(),
    limit: new ConcurrencyLimit(),
    pace: new Pace(),
    mark: hash32(url.href),
    failuresInARow: 0,
    ejectedUntilMs: 0,
    refusalsInARow: 0,
    pausedUntilMs: 0,
  };
}
