/** Which of several servers to ask. */
import { isUsable } from './endpoint-health.ts';
import type { Endpoint } from './endpoints.ts';
import { hash32 } from './hash32.ts';
import type { Message } from './model-client.ts';

/** How much fuller, as a share of its limit, a server may be than the emptiest one and still get what it has seen before. */
const AFFINITY_SLACK = 0.25;

/** What decides which of several servers is asked. */
export interface Preference {
  /** The server that has just failed this call: asked again only if there is no other. */
  readonly failed: Endpoint | undefined;
  /** Calls of one prefix go to the same server while it is not much fuller than others; undefined = none. */
  readonly prefix: number | undefined;
}

/**
 * The endpoint to ask now; undefined while all that may be asked have as many requests as they may. It is the one with
 * the smallest share of its limit in use, or the prefix's own one, among those that are well or due for a trial (one
 * request at a time); among all, if none is. Equal shares of the limits, which are measured, mean that a server of a
 * third of the speed gets a third of the calls. None is given a line of its own that takes longer than waiting for
 * another one: the last calls of a stage would stand in it while the others have nothing to do.
 */
export function chooseEndpoint(
  endpoints: readonly Endpoint[],
  { failed, prefix }: Preference,
  nowMs: number,
): Endpoint | undefined {
  const [only] = endpoints;
  if (only !== undefined && endpoints.length === 1) return hasPlace(only, nowMs) ? only : undefined;
  const usable = endpoints.filter((endpoint) => isUsable(endpoint, nowMs));
  const others = usable.filter((endpoint) => endpoint !== failed);
  const candidates = [others, usable, endpoints].find((list) => list.length > 0) ?? [];
  const waitMs = Math.min(...candidates.map((endpoint) => waitingMs(endpoint, nowMs)));
  const free = candidates.filter((endpoint) => hasPlace(endpoint, nowMs) && isWorthIt(endpoint, waitMs));
  const emptiest = least(free, share);
  if (emptiest === undefined || prefix === undefined) return emptiest;
  const own = least(candidates, ({ mark }) => mix(mark ^ prefix));
  return own !== undefined && free.includes(own) && share(own) <= share(emptiest) + AFFINITY_SLACK
    ? own
    : emptiest;
}

/** Length of a text's beginning by which calls are told to have the same prefix, in UTF-16 code units. */
const PREFIX_LENGTH = 512;

/** What calls that begin alike have in common: the system text, and the beginning of what follows. */
export function prefixOf(messages: readonly Message[]): number {
  let hash = 0;
  for (const { role, content } of messages) {
    hash = mix(hash ^ hash32(role === 'system' ? content : content.slice(0, PREFIX_LENGTH)));
    if (role !== 'system') break;
  }
  return hash;
}

function hasPlace({ limit, pausedUntilMs }: Endpoint, nowMs: number): boolean {
  return limit.hasPlace && nowMs >= pausedUntilMs;
}

/** When a call that waits for a place at this server would be answered; Infinity where that is not known. */
function waitingMs({ limit, pace, pausedUntilMs }: Endpoint, nowMs: number): number {
  return nowMs < pausedUntilMs ? Infinity : (pace.expectedMs(limit.most + 1) ?? Infinity);
}

/** Whether the server would answer no later than in `waitMs`, or else has room for one more to keep it busy. */
function isWorthIt({ limit, pace }: Endpoint, waitMs: number): boolean {
  return (pace.expectedMs(limit.inFlight + 1) ?? 0) <= Math.max(waitMs, pace.busyMs);
}

/** Share of the limit in use once one more request is made. */
function share({ limit }: Endpoint): number {
  return (limit.inFlight + 1) / limit.most;
}

function least(
  endpoints: readonly Endpoint[],
  measure: (endpoint: Endpoint) => number,
): Endpoint | undefined {
  return endpoints.reduce<Endpoint | undefined>(
    (best, each) => (best === undefined || measure(each) < measure(best) ? each : best),
    undefined,
  );
}

/** The end of MurmurHash3: spreads what differs in a few bits. Rendezvous hashing needs one order for each prefix. */
function mix(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
