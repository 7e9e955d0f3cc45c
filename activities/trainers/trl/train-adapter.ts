/** One training of a LoRA adapter, from lessons to a folder that vLLM loads; whichever attempt ends it, nothing is learned twice. */
import { ActivityError } from '../../attempts/errors.ts';
import type { Progress } from '../../activity.ts';
import { digest } from '../../store/digest.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import type { TrainingRequest } from '../trainer.ts';
import { PROBES_FILE } from '../../inference/servers/probe-adapter.ts';
import { describeData } from './data-card.ts';
import { lossCurve, parseEvent, type TrainingEvent } from './events.ts';
import { drawRows, findUnteachable, toJsonLines, toRows, type Lesson } from './rows.ts';
import { runTrainer } from './run-trainer.ts';
import { withDefaults, type TrlMethod, type TrlSettings } from './settings.ts';

export interface AdapterRequest extends Pick<
  TrainingRequest<TrlSettings>,
  'settings' | 'seed' | 'parent' | 'files' | 'signal' | 'heartbeat' | 'machine'
> {
  readonly method: TrlMethod;
  readonly lessons: readonly Lesson[];
  /** Of other topics, to look at the loss; may be empty. */
  readonly heldOut: readonly Lesson[];
  /** Of other topics, each with a worse text, to look at what is preferred. Default: none. */
  readonly contrasts?: readonly Lesson[];
}

export interface AdapterResult {
  /** Steps of the optimizer. */
  readonly steps: number;
  /** Of each contrast: by how many nats more the better text has become likelier than the worse one. */
  readonly margins: readonly number[];
  /** Rows that were learned from. */
  readonly rows: number;
}

/** Questions whose answers tell the adapter from others, and from none. */
const PROBES = 4;
const PROBE_TOKENS = 24;

/** Files of a version, beside `probes.json`. Durable. */
const EVENTS_FILE = 'events.jsonl';
export const LOSSES_FILE = 'losses.json';
export const TRAINING_FILE = 'training.json';

/**
 * Puts into the version's folder the adapter as PEFT writes it, `probes.json`, `losses.json`, the rows, a card that describes
 * them, and in `training.json` the effective settings with the versions of the libraries.
 * @throws ActivityError `NOTHING_TO_LEARN`, and as `runTrainer`
 */
export async function trainAdapter(request: AdapterRequest): Promise<AdapterResult> {
  const { method, lessons, heldOut, contrasts = [], seed, files, signal, heartbeat, machine } = request;
  const why = findUnteachable(method, lessons);
  if (why !== undefined)
    throw new ActivityError('NOTHING_TO_LEARN', `The training set cannot teach anything: ${why}.`);
  const settings = withDefaults(request.settings, machine.gpus.length);
  const rows = drawRows(method, lessons, deriveSeed(seed, 'rows'));
  const heldOutRows = toRows(method, heldOut);
  const folder = await files.folder();
  await files.write('rows.jsonl', toJsonLines(rows));
  await files.write('held-out.jsonl', toJsonLines(heldOutRows));
  await files.write('contrasts.jsonl', toJsonLines(toRows('dpo', contrasts)));
  const asked = (heldOut.length > 0 ? heldOut : lessons).map(({ prompt }) => prompt);
  const program = {
    method,
    settings,
    folder: `${folder}/checkpoints`,
    adapter: folder,
    parent: request.parent ?? null,
    rows: `${folder}/rows.jsonl`,
    heldOut: heldOutRows.length > 0 ? `${folder}/held-out.jsonl` : null,
    margins: `${folder}/contrasts.jsonl`,
    probes: asked.filter((_, index) => index % Math.ceil(asked.length / PROBES) === 0),
    probeTokens: PROBE_TOKENS,
    seed,
  };
  await files.write('request.json', `${JSON.stringify(program, null, 2)}\n`);
  const events = await readEvents(request);
  const done = await runTrainer(
    { request: `${folder}/request.json`, log: `${folder}/training.log` },
    machine,
    signal,
    (event) => {
      events.push(event);
      const progress = progressOf(
        event,
        events.findLast((one) => one.event === 'smaller'),
      );
      if (progress !== undefined) heartbeat(progress);
      // What an earlier attempt has learned is a part of the curve.
      if (event.event === 'checkpoint') void writeEvents(request, events).catch(() => {});
    },
  );
  await writeEvents(request, events);
  await writeVersion(request, { settings, rows, heldOutRows, events, done });
  return { steps: done.step, margins: done.margins, rows: rows.length };
}

interface Trained {
  readonly settings: TrlSettings;
  readonly rows: readonly unknown[];
  readonly heldOutRows: readonly unknown[];
  readonly events: readonly TrainingEvent[];
  readonly done: Pick<Extract<TrainingEvent, { event: 'done' }>, 'probes' | 'versions'>;
}

async function writeVersion(
  { method, lessons, heldOut, files, seed }: AdapterRequest,
  { settings, rows, heldOutRows, events, done }: Trained,
): Promise<void> {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  await files.write(PROBES_FILE, json(done.probes.map((probe) => ({ ...probe, tokens: PROBE_TOKENS }))));
  await files.write(LOSSES_FILE, json(lossCurve(events)));
  await files.write('README.md', describeData({ method, lessons, heldOut, rows: rows.length }));
  await files.write(
    TRAINING_FILE,
    json({
      method,
      settings,
      seed,
      microBatch: microBatchOf(events),
      rows: digest(rows),
      heldOut: digest(heldOutRows),
      libraries: done.versions,
    }),
  );
}

/** Rows that were in memory at once in the end; fewer than the settings say where memory was short. */
function microBatchOf(events: readonly TrainingEvent[]): number | undefined {
  const start = events.findLast((event) => event.event === 'start');
  return start?.event === 'start' ? start.microBatch : undefined;
}

async function readEvents({ files }: AdapterRequest): Promise<TrainingEvent[]> {
  const text = (await files.read(EVENTS_FILE)) ?? '';
  return text.split('\n').flatMap((line) => parseEvent(line) ?? []);
}

async function writeEvents({ files }: AdapterRequest, events: readonly TrainingEvent[]): Promise<void> {
  await files.write(EVENTS_FILE, toJsonLines(events));
}

function progressOf(event: TrainingEvent, smaller: TrainingEvent | undefined): Progress | undefined {
  if (event.event === 'start') return { done: event.step, total: event.steps, unit: 'steps' };
  if (event.event !== 'log') return undefined;
  const { step, steps, loss, heldOutLoss, tokens } = event;
  const notes = [
    loss === undefined ? [] : `loss ${loss.toPrecision(3)}`,
    heldOutLoss === undefined ? [] : `held-out loss ${heldOutLoss.toPrecision(3)}`,
    tokens == null ? [] : `${Math.round(tokens)} tokens`,
    smaller?.event === 'smaller' ? `memory was short: ${smaller.microBatch} rows at once` : [],
  ].flat();
  return { done: step, total: steps, unit: 'steps', note: notes.join(', ') };
}
