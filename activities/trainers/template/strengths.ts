/** How strong templates are, from which of two did better: pure. */
import { templateOf, UNTOUCHED } from './template-of.ts';
import type { TrainingPair } from '../trainer.ts';

/** Log-odds that what a template makes of a prompt is preferred to the untouched prompt, which has 0. */
export type Strengths = ReadonlyMap<string, number>;

const MAX_STEPS = 1_000;
const TOLERANCE = 1e-9;

/** A pair of templates, of which the first did better with this probability. */
interface Game {
  readonly one: string;
  readonly other: string;
  readonly probability: number;
  readonly weight: number;
}

/**
 * Bradley-Terry strengths by the MM algorithm (Hunter, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics
 * 32(1), 2004, section 2), with soft outcomes and, so that they are finite and little evidence says little, `prior` drawn games
 * of each template against the untouched prompt. Pairs of texts that no template has made say nothing.
 *
 * @param prior above 0.
 */
export function fitStrengths(pairs: readonly TrainingPair[], prior: number): Strengths {
  const played = pairs.flatMap(toGame);
  const names = new Set(played.flatMap(({ one, other }) => [one, other]));
  names.delete(UNTOUCHED);
  const drawn = [...names].map((one) => ({ one, other: UNTOUCHED, probability: 0.5, weight: prior }));
  const games = [...played, ...drawn];
  let odds = new Map([UNTOUCHED, ...names].map((name) => [name, 1]));
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const next = improve(games, odds);
    const change = Math.max(...[...next].map(([name, value]) => Math.abs(Math.log(value / odds.get(name)!))));
    odds = next;
    if (change < TOLERANCE) break;
  }
  return new Map([...odds].map(([name, value]) => [name, Math.log(value)]));
}

function toGame({ prompt, chosen, rejected, probability, weight }: TrainingPair): Game[] {
  const [one, other] = [templateOf(prompt, chosen), templateOf(prompt, rejected)];
  if (one === undefined || other === undefined || one === other) return [];
  return [{ one, other, probability, weight }];
}

function improve(games: readonly Game[], odds: ReadonlyMap<string, number>): Map<string, number> {
  const [wins, meetings] = [new Map<string, number>(), new Map<string, number>()];
  const add = (sums: Map<string, number>, name: string, value: number): void =>
    void sums.set(name, (sums.get(name) ?? 0) + value);
  for (const { one, other, probability, weight } of games) {
    const met = weight / (odds.get(one)! + odds.get(other)!);
    add(wins, one, weight * probability);
    add(wins, other, weight * (1 - probability));
    add(meetings, one, met);
    add(meetings, other, met);
  }
  const raw = new Map(
    [...odds.keys()].map((name) => [name, (wins.get(name) ?? 1) / (meetings.get(name) ?? 1)]),
  );
  const unit = raw.get(UNTOUCHED) ?? 1;
  return new Map([...raw].map(([name, value]) => [name, value / unit]));
}
