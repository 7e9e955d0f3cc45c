/**
 * How often a small trial says rightly whether a run is worth it: in `PROSE_BENCH_WORLDS` (40) worlds of drawn scores, half of them
 * with something to gain; and what the trial costs of a run on 500 prompts.
 */
import { measureHeadroom } from '../../activities/headroom/headroom.ts';
import { TRIAL } from '../../activities/headroom/trial.ts';
import { printFigure, printProgress } from '../figure.ts';
import { drawWorld, JUDGES, WORLD_KINDS } from './headroom-worlds.ts';

const worldCount = Number(process.env['PROSE_BENCH_WORLDS'] ?? 40);
/** Points: the default of definitions/headroom.yaml. */
const WORTHWHILE = 0.1;

const outcomes = Array.from({ length: worldCount }, (_, index) => {
  const kind = index % 2 === 0 ? 'gain' : WORLD_KINDS[1 + (Math.floor(index / 2) % 3)]!;
  const { right, scores } = drawWorld(kind, index + 1);
  const { decision } = measureHeadroom(scores, WORTHWHILE);
  return { kind, isRight: decision === right };
});
for (const kind of WORLD_KINDS) {
  const own = outcomes.filter((one) => one.kind === kind);
  printProgress(
    `headroom, ${kind}: right in ${own.filter(({ isRight }) => isRight).length} of ${own.length} worlds`,
  );
}
const share = outcomes.filter(({ isRight }) => isRight).length / worldCount;
printFigure({
  area: 'search',
  name: 'worlds in which the trial of the headroom says go, stop or mend rightly',
  value: share,
  unit: 'share',
  against: `the truth of ${worldCount} worlds`,
  bar: 0.9,
  better: 'higher',
  runs: [share, share, share],
});

// A rewriting, an answer and its judges' scores are a call each.
const trialCalls = TRIAL.prompts * (TRIAL.wordings + (TRIAL.wordings + 1) * TRIAL.answers * (1 + JUDGES));
const RUN = { prompts: 500, variations: 8, explored: 0.6, tested: 0.3, testArms: 3, judges: 3 } as const;
// With halving: one judge of all, another one of a new answer of a good half.
const exploreCalls = RUN.explored * RUN.prompts * (RUN.variations + (RUN.variations + 1) * 2 + 5 * 2);
const testCalls = RUN.tested * RUN.prompts * RUN.testArms * (1 + RUN.judges);
const cost = trialCalls / (exploreCalls + testCalls);
printFigure({
  area: 'search',
  name: 'calls of the trial of the headroom',
  value: cost,
  unit: 'share',
  against: `a run with halving on ${RUN.prompts} prompts (${exploreCalls + testCalls} calls)`,
  bar: 0.05,
  better: 'lower',
  runs: [cost, cost, cost],
});
