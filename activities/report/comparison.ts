/** Several runs side by side: pure, from their metrics. */
import type { Metrics, RunInputs } from './metrics.ts';
import { neutraliseAll } from '../text/plain-text.ts';
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
  /** What the runs were made from that is not the same; empty when only chance can have made a difference. */
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
  const inputs = all.flatMap((one) => one.inputs ?? []);
  const described = all.map((metrics, index) => {
    const one = inputs.length === all.length ? inputs[index] : undefined;
    return new Map([
      ...describeRun(metrics, one),
      ...(one ? describeInputs(one) : describeSettings(metrics)),
    ]);
  });
  const names = [...new Set(described.flatMap((one) => [...one.keys()]))];
  return names
    .map((name) => ({ name, values: described.map((one) => one.get(name) ?? '–') }))
    .filter(({ values }) => new Set(values).size > 1);
}

type Entries = readonly (readonly [name: string, value: string])[];

function describeRun({ definition, seed, settings }: Metrics, inputs: RunInputs | undefined): Entries {
  const version = settings['optimizer version'];
  const content = inputs?.definitionDigest ?? undefined;
  return [
    ['definition', content === undefined ? definition : `${definition} (${abbreviate(content)})`],
    ['seed', String(seed)],
    ...(version === undefined ? [] : [['optimizer version', String(version)] as const]),
  ];
}

function describeInputs({ params, configs, texts, prompts }: RunInputs): Entries {
  return [
    ...Object.entries(params).map(([path, value]) => [`param: ${path}`, String(value)] as const),
    ...Object.entries(prompts).map(
      ([split, { count, digest }]) => [`prompts: ${split}`, `${count} (${abbreviate(digest)})`] as const,
    ),
    ...Object.entries(texts).map(([name, digest]) => [`text: ${name}`, abbreviate(digest)] as const),
    ...Object.entries(configs).map(([path, value]) => [path, String(value)] as const),
  ];
}

/** What metrics of earlier versions tell. */
function describeSettings({ models, settings, counts }: Metrics): Entries {
  return [
    ...models.map(({ role, name }) => [`model: ${role}`, name] as const),
    ...Object.entries(settings).map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(counts.basePrompts).map(
      ([split, count]) => [`prompts: ${split}`, String(count)] as const,
    ),
  ];
}

function abbreviate(digest: string): string {
  return digest.slice(0, 12);
}
