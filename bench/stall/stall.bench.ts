/**
 * How long may a worker's event loop stand still, so that no heartbeat of any activity goes out? The longest stall while each
 * kind of work runs that takes much CPU: a definition of 1,000 tasks in a chain is pinned beside 50 small ones, the
 * ranker is trained on 2,000 pairs, agreement is estimated over 5,000 base prompts, a large result is written as JSON, and
 * an expression is evaluated until it has passed its bounds.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { activityCatalogue } from '../../activities/index.ts';
import { PlanLoader } from '../../activities/pinning/plan-loader.ts';
import { alphaInSteps } from '../../activities/statistics/krippendorff.ts';
import { createRandom } from '../../activities/randomness/random.ts';
import { inSlices } from '../../activities/concurrency/in-slices.ts';
import { ranker } from '../../activities/trainers/ranker/ranker.ts';
import { evaluate, ExpressionError } from '../../definitions/expressions/expression.ts';
import { hostileValues } from '../../test/support/expressions.ts';
import { printFigure, printProgress, spread } from '../figure.ts';

const BAR_MS = 2_000;

/** Milliseconds that the event loop stood still at the most while the work was done. */
async function longestStall(work: () => Promise<void>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  // A stall counts when the loop turns again.
  await sleep(20);
  await work();
  await sleep(20);
  delay.disable();
  return delay.max / 1e6;
}

function chain(tasks: number): string {
  const lines = Array.from({ length: tasks }, (_, index) => {
    const needs = index === 0 ? '' : `, needs: [t${index - 1}]`;
    return `  t${index}: { activity: sql, with: { query: 'select 1' }${needs} }\n`;
  });
  return lines.join('');
}

async function pin(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'prose-stall-'));
  await mkdir(join(root, 'definitions'));
  const names = ['large', ...Array.from({ length: 50 }, (_, index) => `small-${index}`)];
  for (const name of names)
    await writeFile(
      join(root, 'definitions', `${name}.yaml`),
      `name: ${name}\ntasks:\n${chain(name === 'large' ? 1_000 : 5)}`,
    );
  const context = { catalogue: activityCatalogue(), queues: ['prose'] };
  const loader = new PlanLoader();
  const found = await Promise.all(names.map((name) => loader.load({ root, name, context })));
  if (found.some(({ ok }) => !ok))
    throw new Error(`Not all are right: ${JSON.stringify(found).slice(0, 500)}`);
  await rm(root, { recursive: true });
}

const words =
  'write the answer in a clear short list with steps and reasons then give examples before each end'.split(
    ' ',
  );

async function train(): Promise<void> {
  const random = createRandom(1);
  const text = (): string =>
    Array.from({ length: 60 }, () => words[Math.floor(random() * words.length)]).join(' ');
  const pairs = Array.from({ length: 2_000 }, (_, index) => ({
    basePromptIdx: index,
    prompt: text(),
    chosen: text(),
    rejected: text(),
    probability: 0.5 + random() / 2,
    weight: 1,
    topic: `topic ${index % 40}`,
  }));
  const files = { read: async () => undefined, write: async () => {}, folder: async () => '/' };
  const machine = { root: '/', gpus: [], environment: () => undefined };
  const settings = { l2: [0.1, 1, 10], buckets: 2 ** 16 };
  const { signal } = new AbortController();
  await ranker.train({ pairs, heldOut: [], settings, seed: 1, files, signal, heartbeat: () => {}, machine });
}

async function agree(): Promise<void> {
  const random = createRandom(2);
  const clusters = Array.from({ length: 5_000 }, () => ({
    units: 8,
    ratings: 24,
    sum: 60 + random(),
    squares: 200 + random(),
    observed: random(),
  }));
  await inSlices(alphaInSteps(clusters, { seed: 1 }));
}

async function writeLargeResult(): Promise<void> {
  const rows = Array.from({ length: 20_000 }, (_, index) => ({ index, text: 'a text of a row '.repeat(6) }));
  JSON.parse(JSON.stringify(rows));
}

async function evaluateHostile(): Promise<void> {
  try {
    evaluate('${ range(1000).exists(x, fields != fields) }', { values: hostileValues });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
  }
}

const kinds = { pin, train, agree, writeLargeResult, evaluateHostile };
const stalls: number[] = [];
for (const [name, work] of Object.entries(kinds)) {
  const stall = await longestStall(work);
  printProgress(`${name}: the longest stall is ${stall.toFixed(0)} ms`);
  stalls.push(stall);
}
printFigure({
  area: 'stall',
  name: 'longest stall of the event loop of a worker',
  value: Math.max(...stalls),
  unit: 'ms',
  against: Object.keys(kinds).join(', '),
  bar: BAR_MS,
  better: 'lower',
  runs: spread(stalls),
});
