/**
 * How much longer than unavoidable does `explore` take (vary, answer, score, shard by shard)? On a real Temporal server, a
 * worker process and embedded model servers whose capacity is known; the bound's formula is in lower-bound.ts.
 * `PROSE_BENCH_PROMPTS` base prompts (default 160, about 100 seconds for each repetition), `PROSE_BENCH_REPETITIONS` times.
 */
import { printFigure, printProgress, spread } from '../figure.ts';
import { runExplore, type Server } from './explore-run.ts';
import { lowerBoundSeconds, workSeconds } from './lower-bound.ts';

const basePrompts = Number(process.env['PROSE_BENCH_PROMPTS'] ?? 160);
const repetitions = Number(process.env['PROSE_BENCH_REPETITIONS'] ?? 3);

/** Of about the same capacity together, low enough that two cores have no trouble with it. */
const settings: readonly { readonly name: string; readonly servers: readonly Server[] }[] = [
  { name: 'one server for each role', servers: [{ slots: 8, tokensPerSecond: 300 }] },
  {
    name: 'three servers for each role, one of them three times slower',
    servers: [
      { slots: 4, tokensPerSecond: 258 },
      { slots: 4, tokensPerSecond: 258 },
      { slots: 4, tokensPerSecond: 86 },
    ],
  },
];

for (const { name, servers } of settings) {
  const ratios: number[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    const { seconds, roles } = await runExplore(basePrompts, servers);
    const bound = lowerBoundSeconds(roles);
    ratios.push(seconds / bound);
    const work = roles.map((role) => `${role.name} ${workSeconds(role).toFixed(1)} s`).join(', ');
    printProgress(
      `${name}: ${seconds.toFixed(1)} s, at least ${bound.toFixed(1)} s: ${(seconds / bound).toFixed(3)} (work: ${work})`,
    );
  }
  const runs = spread(ratios);
  printFigure({
    area: 'pipeline',
    name: `makespan of explore, ${name}`,
    value: runs[1],
    unit: 'ratio of times',
    against: 'work ÷ capacity of the slowest role, plus the unavoidable fill',
    bar: 1.1,
    better: 'lower',
    runs,
  });
}
// The Temporal server of the tests ends with this process, which its connections would keep alive.
process.exit();
