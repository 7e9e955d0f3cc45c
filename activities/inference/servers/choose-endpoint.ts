/** Which of several servers to ask. */
import { isUsable } from './endpoint-health.ts';
import type { Endpoint } from './endpoints.ts';
import { fnv1a32, spread } from '../../../definitions/model/fnv.ts';
import type { Message } from '../model-client.ts';

/** How much later an answer may come, as a share, from the server that has seen the beginning of a call before. */
const AFFINITY_SLACK = 0.25;

/** What decides which of several servers is asked. */
export interface Preference {
  /** The server that has just failed this call: asked again only if there is no other. */
  readonly failed: Endpoint | undefined;
  /** Calls of one prefix go to the same server while it is not much fuller than others; undefined = none. */
  readonly prefix: number | undefined;
}

/**
 * The endpoint to ask now; undefined while all that may be asked have as many requests as they may. Only those count that
 * are well or due for a trial (one request at a time); all, if none is. By what is known of their pace:
 * 1. A server that would be idle soon comes before one that has a line, however slow it is: as long as there is more to do
 *    than the fast ones can do at once, a server of a third of the speed does its share of the work.
 * 2. Among those, the one that would answer first, or the prefix's own one if that is hardly later.
 * 3. None is given a line that takes longer than waiting for a place at another one: the last calls of a stage would stand
 *    in it while the others have nothing to do.
 * Until the pace of all of them is known, the one with the smallest share of its limit in use.
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
  const free = candidates.filter(
    (endpoint) => hasPlace(endpoint, nowMs) && (hasRoom(endpoint) || answeredMs(endpoint) <= waitMs),
  );
  if (!free.every(({ pace }) => pace.isKnown)) return prefer(free, candidates, prefix, share, 1);
  const idleSoon = free.filter(hasRoom);
  const first = idleSoon.length > 0 ? idleSoon : free;
  return prefer(first, candidates, prefix, answeredMs, Math.min(...first.map(answeredMs)));
}

/** The best of `free`, or the prefix's own one of all candidates if it is among them and worse by no more than the slack. */
function prefer(
  free: readonly Endpoint[],
  candidates: readonly Endpoint[],
  prefix: number | undefined,
  cost: (endpoint: Endpoint) => number,
  unit: number,
): Endpoint | undefined {
  const best = least(free, cost);
  if (best === undefined || prefix === undefined) return best;
  const own = least(candidates, ({ mark }) => spread(mark ^ prefix));
  const isNear = own !== undefined && free.includes(own) && cost(own) <= cost(best) + AFFINITY_SLACK * unit;
  return isNear ? own : best;
}

/** Length of a text's beginning by which calls are told to have the same prefix, in UTF-16 code units. */
const PREFIX_LENGTH = 512;

/** What calls that begin alike have in common: the system text, and the beginning of what follows. */
export function prefixOf(messages: readonly Message[]): number {
  let hash = 0;
  for (const { role, content } of messages) {
    hash = spread(hash ^ fnv1a32(role === 'system' ? content : content.slice(0, PREFIX_LENGTH)));
    if (role !== 'system') break;
  }
  return hash;
}

function hasPlace({ limit, pausedUntilMs }: Endpoint, nowMs: number): boolean {
  return limit.hasPlace && nowMs >= pausedUntilMs;
}

/** When a call that waits for a place at this server would be answered; Infinity where that is not known. */
function waitingMs({ limit, pace, pausedUntilMs }: Endpoint, nowMs: number): number {
  return nowMs < pausedUntilMs || !pace.isKnown ? Infinity : pace.expectedMs(limit.most + 1);
}

/** When a call made now would be answered, if the server's pace is known. */
function answeredMs({ limit, pace }: Endpoint): number {
  return pace.expectedMs(limit.inFlight + 1);
}

function hasRoom({ limit, pace }: Endpoint): boolean {
  return pace.hasRoom(limit.inFlight);
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
