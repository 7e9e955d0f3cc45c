/**
 * Are the verdicts right? Whole runs at the default size, each with a seed of its own: in the simulated world, where
 * wording matters, and in one where it does not. A right verdict is `gain` in the first and anything else in the second.
 */
import { startPipeline } from '../../test/support/pipeline.ts';
import { printFigure, printProgress } from '../figure.ts';

const seeds = Array.from({ length: Number(process.env['PROSE_BENCH_SEEDS'] ?? 10) }, (_, index) => index + 1);

for (const { name, effect, right } of [
  { name: 'gain found where wording matters', effect: 1, right: (verdict: string) => verdict === 'gain' },
  {
    name: 'no gain claimed where no wording matters',
    effect: 0,
    right: (verdict: string) => verdict !== 'gain',
  },
]) {
  const pipeline = await startPipeline({ world: { effect } });
  await pipeline.startWorker();
  let rightCount = 0;
  try {
    for (const seed of seeds) {
      const startedAt = performance.now();
      const outputs = (await (await pipeline.start('prose', { seed })).result()) as {
        verdict: string;
        gain: { mean: number; low: number; high: number };
      };
      if (right(outputs.verdict)) rightCount++;
      const { mean, low, high } = outputs.gain;
      const seconds = (performance.now() - startedAt) / 1000;
      printProgress(
        `effect ${effect} seed ${seed}: ${outputs.verdict}, ${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}), ${seconds.toFixed(0)} s`,
      );
    }
  } finally {
    await pipeline.close();
  }
  const share = rightCount / seeds.length;
  printFigure({
    area: 'claims',
    name,
    value: share,
    unit: 'share of seeds',
    against: 'the known truth of the simulated world',
    bar: 0.9,
    better: 'higher',
    runs: [share, share, share],
  });
}
process.exit(0);
