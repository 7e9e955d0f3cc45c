/**
 * What halving costs the learning: in how many of `PROSE_BENCH_WORLDS` (20) simulated worlds, at the size of the default run, the
 * gain of the learned optimizer is found with halving and with everything scored, and the judge calls of the exploration.
 */
import { evaluationFolder } from '../../activities/store/run-paths.ts';
import type { Metrics } from '../../activities/report/metrics.ts';
import { withRun } from '../claims/in-process.ts';
import { printFigure, printProgress, spread } from '../figure.ts';

const worldCount = Number(process.env['PROSE_BENCH_WORLDS'] ?? 20);

interface Outcome {
  readonly found: number;
  readonly gain: number;
  readonly calls: number;
}

function play(seed: number, halving: boolean): Promise<Outcome> {
  return withRun(seed, {}, async (run) => {
    await run.explore({ basePrompts: 60, variations: 8, halving });
    const outcome = await run.learnAndTest();
    const text = await run.store.readFile(`${evaluationFolder('run')}/metrics.json`);
    const metrics = JSON.parse(text ?? '{"arms":[],"spend":[]}') as Pick<Metrics, 'arms' | 'spend'>;
    return {
      found: Number(outcome?.proven.includes('ranker') ?? false),
      gain: metrics.arms.find(({ name }) => name === 'ranker')?.gain.mean ?? 0,
      calls: metrics.spend.find(({ stage }) => stage === 'validator_scores')?.calls ?? 0,
    };
  });
}

const played: { readonly halved: Outcome; readonly full: Outcome }[] = [];
for (let seed = 1; seed <= worldCount; seed += 1) {
  played.push({ halved: await play(seed, true), full: await play(seed, false) });
  if (seed % 5 === 0) printProgress(`search, power: ${seed} of ${worldCount} worlds`);
}
const mean = (side: 'halved' | 'full', key: keyof Outcome): number =>
  played.reduce((sum, one) => sum + one[side][key], 0) / played.length;
printProgress(
  `gain found in ${mean('halved', 'found')} of the worlds (${mean('halved', 'gain').toFixed(3)} points) with halving, in ` +
    `${mean('full', 'found')} (${mean('full', 'gain').toFixed(3)}) with everything scored`,
);
const against = 'scoring everything with all three validators';
const ratios = played.map(({ halved, full }) => halved.calls / full.calls);
printFigure({
  area: 'search',
  name: 'judge calls of an exploration of the default size, halving',
  value: mean('halved', 'calls') / mean('full', 'calls'),
  unit: 'ratio',
  against,
  bar: 0.51,
  better: 'lower',
  runs: spread(ratios),
});
const found = mean('halved', 'found') - mean('full', 'found');
printFigure({
  area: 'search',
  name: 'worlds in which the gain of the learned optimizer is found, halving',
  value: found,
  unit: 'difference of shares',
  against,
  bar: 0,
  better: 'higher',
  runs: [found, found, found],
});
