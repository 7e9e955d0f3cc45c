/**
 * The search for a template against others, with the same calls in all, counted by the server: a static suffix, the best of n, and
 * GEPA itself (its package, in a Python environment of its own). The task and its models are simulated (`task-world.ts`): the
 * figures say how engines compare where a writer can read failures, not how good any real model becomes. `PROSE_BENCH_SEEDS` (3).
 */
import { printFigure, printProgress, spread } from '../figure.ts';
import { arms } from './arms.ts';
import { TEMPLATE } from './budgeted.ts';
import { startTaskServer } from './task-server.ts';
import { answerTask, drawTickets, type Ticket } from './task-world.ts';

const seeds = Number(process.env['PROSE_BENCH_SEEDS'] ?? 3);
const BUDGETS = [100, 300];
const SIZES = { train: 10, select: 8, held: 200 } as const;

const rightShare = (template: string, tickets: readonly Ticket[]): number =>
  tickets.filter(({ input, expected }) => {
    const content = template.replace('{{input}}', input);
    return answerTask([{ role: 'user', content }], 0) === expected;
  }).length / tickets.length;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

for (const budget of BUDGETS) {
  const shares = new Map<string, number[]>();
  for (let seed = 1; seed <= seeds; seed += 1) {
    const tickets = drawTickets(SIZES.train + SIZES.select, seed);
    const held = drawTickets(SIZES.held, seed + 1_000_000);
    const [train, select] = [tickets.slice(0, SIZES.train), tickets.slice(SIZES.train)];
    for (const [name, search] of Object.entries(arms)) {
      const server = await startTaskServer();
      try {
        const template = await search({ url: server.url, calls: budget, seed, train, select });
        const share = rightShare(template, held);
        shares.set(name, [...(shares.get(name) ?? []), share]);
        printProgress(
          `${budget} calls, seed ${seed}: ${name} ${share.toFixed(3)} of held-out answers right (${server.calls()} calls; untouched ${rightShare(TEMPLATE, held).toFixed(3)})`,
        );
      } finally {
        server.close();
      }
    }
  }
  const ours = shares.get('ours_feedback') ?? [];
  for (const [name, values] of shares) {
    if (name === 'ours_feedback') continue;
    const differences = ours.map((share, index) => share - (values[index] ?? Number.NaN));
    printFigure({
      area: 'search-peers',
      name: `simulated_right_answers_after_${budget}_calls`,
      value: mean(ours),
      unit: 'share',
      against: `${name} ${mean(values).toFixed(3)}`,
      bar: mean(values),
      better: 'higher',
      runs: spread(ours),
    });
    if (mean(differences) < 0)
      printProgress(
        `BEHIND ${name} at ${budget} calls by ${(-mean(differences)).toFixed(3)} (mean of ${seeds} seeds)`,
      );
  }
}
