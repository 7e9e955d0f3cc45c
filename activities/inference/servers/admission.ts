/** Who may make a request now, and to which server; the others wait in the order in which they came. */
import { abortReason, listen, unlisten, type Abortable } from '../../concurrency/abort-listeners.ts';
import { chooseEndpoint, type Preference } from './choose-endpoint.ts';
import type { Endpoint } from './endpoints.ts';

/**
 * The line before the servers of a process, shared by all of its activities. One who waits does so because none of its
 * servers has a place: it gets the first that has, whichever that will be.
 */
export class Admission {
  /** Those who wait, by the servers they may use. */
  private readonly lines = new Map<readonly Endpoint[], Waiter[]>();
  private count = 0;
  private alarm: NodeJS.Timeout | undefined;

  /**
   * A place at one of the servers, at once where there is one. It is given back by the `answer` or `end` of the server's
   * limit, and `leave`. Throws the signal's reason.
   */
  enter(
    endpoints: readonly Endpoint[],
    preference: Preference,
    signal: AbortSignal,
  ): Endpoint | Promise<Endpoint> {
    if (signal.aborted) throw abortReason(signal);
    const line = this.lineOf(endpoints);
    const endpoint = line.length === 0 ? chooseEndpoint(endpoints, preference, performance.now()) : undefined;
    if (endpoint !== undefined) {
      endpoint.limit.begin();
      return endpoint;
    }
    return new Promise((resolve, reject) => {
      this.count += 1;
      line.push(new Waiter(this.count, line, preference, signal, resolve, reject));
      this.admit();
    });
  }

  /** Something has changed at a server: lets in whom it can. */
  leave(): void {
    for (const line of this.lines.values()) {
      if (line.length > 0) {
        this.admit();
        return;
      }
    }
  }

  close(): void {
    clearTimeout(this.alarm);
  }

  private admit(): void {
    const nowMs = performance.now();
    for (;;) {
      let first: Waiter | undefined;
      let place: Endpoint | undefined;
      for (const [endpoints, [waiter]] of this.lines) {
        if (waiter === undefined || (first !== undefined && first.number < waiter.number)) continue;
        const endpoint = chooseEndpoint(endpoints, waiter.preference, nowMs);
        if (endpoint === undefined) continue;
        first = waiter;
        place = endpoint;
      }
      if (first === undefined || place === undefined) break;
      place.limit.begin();
      first.enter(place);
    }
    this.setAlarm(nowMs);
  }

  /** Nobody leaves a server that is paused, so someone must look when it goes on. */
  private setAlarm(nowMs: number): void {
    clearTimeout(this.alarm);
    let atMs = Infinity;
    for (const [endpoints, line] of this.lines) {
      if (line.length === 0) continue;
      for (const { pausedUntilMs } of endpoints) {
        if (pausedUntilMs > nowMs) atMs = Math.min(atMs, pausedUntilMs);
      }
    }
    if (atMs < Infinity) this.alarm = setTimeout(() => this.admit(), Math.ceil(atMs - nowMs));
  }

  private lineOf(endpoints: readonly Endpoint[]): Waiter[] {
    const known = this.lines.get(endpoints);
    if (known !== undefined) return known;
    const line: Waiter[] = [];
    this.lines.set(endpoints, line);
    return line;
  }
}

class Waiter implements Abortable {
  place = -1;
  readonly number: number;
  readonly preference: Preference;
  private readonly line: Waiter[];
  private readonly signal: AbortSignal;
  private readonly resolve: (endpoint: Endpoint) => void;
  private readonly reject: (reason: Error) => void;

  constructor(
    number: number,
    line: Waiter[],
    preference: Preference,
    signal: AbortSignal,
    resolve: (endpoint: Endpoint) => void,
    reject: (reason: Error) => void,
  ) {
    this.number = number;
    this.line = line;
    this.preference = preference;
    this.signal = signal;
    this.resolve = resolve;
    this.reject = reject;
    listen(signal, this);
  }

  /** Only the first of a line enters. */
  enter(endpoint: Endpoint): void {
    this.line.shift();
    unlisten(this.signal, this);
    this.resolve(endpoint);
  }

  abort(reason: Error): void {
    this.line.splice(this.line.indexOf(this), 1);
    this.reject(reason);
  }
}
