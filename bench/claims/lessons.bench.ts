/**
 * Is nothing false taught? Over `PROSE_BENCH_WORLDS` (40) seeded worlds at the size of the default run: how often a wording that
 * is truly without effect, politeness, is taught to help or to hurt where it was tried.
 */
import { exactInterval } from '../../activities/statistics/exact-interval.ts';
import type { TestedLesson } from '../../activities/trainers/lessons.ts';
import { printFigure, printProgress } from '../figure.ts';
import { withRun } from './in-process.ts';

const worlds = Number(process.env['PROSE_BENCH_WORLDS'] ?? 40);
const NEUTRAL = /polite/i;

/** Whether the neutral wording was taught; undefined where it was not tried. */
function isTaught(seed: number): Promise<boolean | undefined> {
  return withRun(seed, {}, async (run) => {
    await run.explore({ basePrompts: 60, variations: 8, halving: true });
    const { version } = (await run.learn()) ?? {};
    if (version === undefined) return undefined;
    const file = await run.store.readFile(`models/prompt_optimization/${version}/lessons.json`);
    const { lessons } = JSON.parse(file ?? '{"lessons":[]}') as { lessons: readonly TestedLesson[] };
    const neutral = lessons.filter(({ sentence }) => NEUTRAL.test(sentence));
    return neutral.length === 0 ? undefined : neutral.some(({ taught: as }) => as !== null);
  });
}

let [tried, taught] = [0, 0];
for (let seed = 1; seed <= worlds; seed += 1) {
  const outcome = await isTaught(seed);
  tried += Number(outcome !== undefined);
  taught += Number(outcome === true);
  if (seed % 5 === 0)
    printProgress(`lessons: politeness tried in ${tried} of ${seed} worlds, taught in ${taught}`);
}
if (tried > 0) {
  const { share, low, high } = exactInterval(taught, tried);
  printFigure({
    area: 'claims',
    name: 'a wording without effect, taught to help or to hurt',
    value: share,
    unit: `share of ${tried}`,
    against: 'the known truth of the simulated world',
    bar: 0.05,
    better: 'lower',
    runs: [low, share, high],
  });
}
