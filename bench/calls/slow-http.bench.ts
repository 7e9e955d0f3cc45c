/**
 * The same as `slow-servers.bench.ts` with the client as it is, over HTTP, in real time: half a minute to learn, half a minute
 * measured. Each side has a server of its own, and both are measured at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { printFigure, printProgress } from '../figure.ts';
import { startServerProcess } from './server-process.ts';
import { IN_FLIGHT, sides, type SideName } from './sides.ts';

const LEARNING_MS = 30_000;
const MEASURED_MS = 30_000;
/** Answers that a server generates at once: what a caller who knows the server asks for. */
const SLOTS = 16;

/** Answers that a side has had in the measured time, with so many callers who always have one more call. */
async function answersOf(name: SideName, endpoint: string, callers: number): Promise<number> {
  const side = sides[name](endpoint, 'simulated-main');
  const startedAt = performance.now();
  let seed = 0;
  let answers = 0;
  const call = async (): Promise<void> => {
    for (;;) {
      seed += 1;
      await side.ask(seed);
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs > LEARNING_MS + MEASURED_MS) return;
      if (elapsedMs > LEARNING_MS) answers += 1;
    }
  };
  await Promise.race([
    Promise.all(Array.from({ length: callers }, call)),
    sleep(2 * (LEARNING_MS + MEASURED_MS)),
  ]);
  await side.close();
  return answers;
}

for (const tokensPerSecond of [20, 100]) {
  const args = ['--slots', String(SLOTS), '--tokens-per-second', String(tokensPerSecond)];
  const start = (): ReturnType<typeof startServerProcess> =>
    startServerProcess('../../deploy/model-server/main.ts', args);
  const servers = await Promise.all([start(), start()]);
  const [ours, best] = servers;
  try {
    const [own, fixed] = await Promise.all([
      answersOf('prose', ours.endpoint, IN_FLIGHT),
      answersOf('undici', best.endpoint, SLOTS),
    ]);
    const share = own / fixed;
    printProgress(`${tokensPerSecond} tokens/s over HTTP: ${own} answers, ${fixed} with a fixed limit`);
    printFigure({
      area: 'calls',
      name: `server of ${tokensPerSecond} tokens per second, over HTTP, after half a minute`,
      value: share,
      unit: 'ratio of throughputs',
      against: 'a bare undici loop with as many requests at once as the server has slots',
      bar: 0.95,
      better: 'higher',
      runs: [share, share, share],
    });
  } finally {
    for (const server of servers) server.stop();
  }
}
