/**
 * Is anything learned in a language that nobody listed, and is nothing claimed where nothing can be? Over
 * `PROSE_BENCH_STRANGERS` (20) worlds of made-up words (`stranger-models.ts`) by the pipeline's own activities, at the size of the default run.
 */
import { evaluationFolder } from '../../activities/store/run-paths.ts';
import { exactInterval } from '../../activities/statistics/exact-interval.ts';
import type { Metrics } from '../../activities/report/metrics.ts';
import { printFigure, printProgress } from '../figure.ts';
import { withRunOf } from './in-process.ts';
import { createStrangerModels, type StrangerWorld } from './stranger-models.ts';

const worlds = Number(process.env['PROSE_BENCH_STRANGERS'] ?? 20);

type Kind = Pick<StrangerWorld, 'phrases' | 'effect' | 'unspaced'>;

/** What learning adds to rewriting without it, as the report has it; null if nothing was tested. */
function learn(seed: number, kind: Kind): Promise<{ low: number | null; mean: number } | null> {
  const modelsFor: Parameters<typeof withRunOf>[1] = ({ promptVariation }) =>
    createStrangerModels({
      seed,
      approaches: promptVariation.approaches.flatMap((one) => ('instruction' in one ? one.instruction : [])),
      ...kind,
    });
  return withRunOf(seed, modelsFor, async (run) => {
    await run.explore({ basePrompts: 60, variations: 8, halving: true });
    await run.learnAndTest();
    const text = await run.store.readFile(`${evaluationFolder('run')}/metrics.json`);
    const { arms } = JSON.parse(text ?? '{"arms":[]}') as Pick<Metrics, 'arms'>;
    return arms.find(({ name }) => name === 'ranker')?.overControl ?? null;
  });
}

async function count(name: string, kind: Kind, bar: number, better: 'higher' | 'lower'): Promise<void> {
  let [proven, sum] = [0, 0];
  for (let seed = 1; seed <= worlds; seed += 1) {
    const learned = await learn(seed, kind);
    if ((learned?.low ?? 0) > 0) proven += 1;
    sum += learned?.mean ?? 0;
    printProgress(
      `${name}: learning proven to add in ${proven} of ${seed}, ${(sum / seed).toFixed(2)} points on average`,
    );
  }
  const { share, low, high } = exactInterval(proven, worlds);
  const against = 'the known truth of a language in no list';
  const unit = `share of ${worlds}`;
  printFigure({ area: 'claims', name, value: share, unit, against, bar, better, runs: [low, share, high] });
}

const clear = { phrases: 5, effect: 0.5 };
await count('foreign vocabulary that recurs, learned gain above the control', clear, 0.75, 'higher');
await count('the same without spaces between words', { ...clear, unspaced: true }, 0.75, 'higher');
await count('open vocabulary, a learned gain claimed', { phrases: 0, effect: 0.5 }, 0.05, 'lower');
