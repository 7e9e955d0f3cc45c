/** What the training program tells as it goes on: one JSON line an event. */
import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { AdapterProbe } from '../../inference/servers/probe-adapter.ts';

export type TrainingEvent =
  | { readonly event: 'start'; readonly step: number; readonly steps: number; readonly microBatch: number }
  | {
      readonly event: 'log';
      readonly step: number;
      readonly steps: number;
      readonly loss?: number;
      readonly heldOutLoss?: number;
      /** Tokens learned from so far. */
      readonly tokens?: number | null;
    }
  | { readonly event: 'checkpoint'; readonly step: number }
  /** Memory was short: a step is made of more and smaller pieces from now on. */
  | { readonly event: 'smaller'; readonly microBatch: number; readonly accumulation: number }
  | {
      readonly event: 'done';
      readonly step: number;
      /** Of each held-out pair: how much more likely, in nats, the better text has become than the worse one. */
      readonly margins: readonly number[];
      readonly probes: readonly Omit<AdapterProbe, 'tokens'>[];
      readonly versions: { readonly [library: string]: string };
    }
  | { readonly event: 'error'; readonly code: string; readonly message: string };

const NAMES: readonly string[] = [
  'start',
  'log',
  'checkpoint',
  'smaller',
  'done',
  'error',
] satisfies TrainingEvent['event'][];

/** Undefined for a line that is no event, or a torn one. */
export function parseEvent(line: string): TrainingEvent | undefined {
  const value = parseJson(line);
  if (!isFields(value) || typeof value['event'] !== 'string' || !NAMES.includes(value['event']))
    return undefined;
  return value as unknown as TrainingEvent;
}

/** A point of the loss curve. */
export interface LossPoint {
  readonly step: number;
  readonly loss?: number;
  readonly heldOutLoss?: number;
}

/** The curve of a training that may have been cut off and continued: what was done last counts for a step. */
export function lossCurve(events: readonly TrainingEvent[]): LossPoint[] {
  const points = new Map<number, LossPoint>();
  for (const event of events) {
    if (event.event === 'start') for (const step of points.keys()) if (step > event.step) points.delete(step);
    if (event.event !== 'log') continue;
    const { step, loss, heldOutLoss } = event;
    points.set(step, {
      ...points.get(step),
      step,
      ...(loss !== undefined && { loss }),
      ...(heldOutLoss !== undefined && { heldOutLoss }),
    });
  }
  return [...points.values()].toSorted((one, other) => one.step - other.step);
}
