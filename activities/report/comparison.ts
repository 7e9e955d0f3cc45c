/** Several runs side by side: pure, from their metrics. */
import type { Metrics } from './metrics.ts';
import { neutraliseAll } from './plain-text.ts';
import { usedSimulation } from './simulated.ts';

/** One run in the comparison. `gain` is that of the verdict's arm; null where no arm was tested. */
export interface ComparedRun {
  readonly run: string;
  readonly verdict: Metrics['verdict']['kind'];
  readonly arm: string | null;
  readonly gain: Metrics['arms'][number]['gain'] | null;
  readonly baselineScore: number;
  readonly testPrompts: number;
  readonly testTopics: number;
  readonly calls: number;
  readonly tokens: number;
  readonly simulated: boolean;
}

/** Something that is not the same in all runs, with its value in each of them, in their order. */
export interface Difference {
  readonly name: string;
  readonly values: readonly string[];
}

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** Models and settings that differ; empty when only the seed or the prompts can have made a difference. */
  readonly differences: readonly Difference[];
}

/** @param given metrics of at least two runs, in the order in which they are to stand; their texts need not be harmless. */
export function compareRuns(given: readonly Metrics[]): Comparison {
  const all = given.map((metrics) => neutraliseAll(metrics));
  return { runs: all.map(summarize), differences: findDifferences(all) };
}

function summarize(metrics: Metrics): ComparedRun {
  const { run, verdict, arms, baseline, counts, spend } = metrics;
  const sum = (key: 'calls' | 'promptTokens' | 'completionTokens'): number =>
    spend.reduce((total, stage) => total + stage[key], 0);
  return {
    run,
    verdict: verdict.kind,
    arm: verdict.arm,
    gain: arms.find(({ name }) => name === verdict.arm)?.gain ?? null,
    baselineScore: baseline.meanScore,
    testPrompts: counts.testPrompts,
    testTopics: counts.testTopics,
    calls: sum('calls'),
    tokens: sum('promptTokens') + sum('completionTokens'),
    simulated: usedSimulation(metrics),
  };
}

function findDifferences(all: readonly Metrics[]): Difference[] {
  const described = all.map((metrics): ReadonlyMap<string, string> => {
    const models = metrics.models.map(({ role, name }): [string, string] => [`model: ${role}`, name]);
    const settings = Object.entries(metrics.settings).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const fixed: [string, string][] = [
      ['definition', metrics.definition],
      ['seed', String(metrics.seed)],
    ];
    return new Map([...fixed, ...models, ...settings]);
  });
  const names = [...new Set(described.flatMap((one) => [...one.keys()]))];
  return names
    .map((name) => ({ name, values: described.map((one) => one.get(name) ?? '–') }))
    .filter(({ values }) => new Set(values).size > 1);
}
