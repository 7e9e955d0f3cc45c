/** What each way of wording did to the prompts that it was put into: pure. */
import { clusterMean } from '../../statistics/cluster-mean.ts';
import type { ClusteredValue } from '../../statistics/clusters.ts';
import { findDiscoveries } from '../../statistics/false-discovery.ts';
import type { TestedLesson } from '../../trainers/lessons.ts';

/** Mean scores of the fresh answers to a prompt with just this wording added, and to the untouched prompt. */
export interface LessonTrial {
  readonly sentence: string;
  readonly topic: string;
  readonly withIt: number;
  readonly without: number;
}

/** Share of what is taught that may be false. A wording without effect is then taught in at most one run in twenty. */
const FALSE_DISCOVERY_RATE = 0.05;

/**
 * Effect and interval of each lesson, strongest first. Taught is what the Benjamini–Hochberg rule finds over all that were tried: paired
 * differences, interval and p over topics by `clusterMean`.
 */
export function measureLessons(trials: readonly LessonTrial[]): TestedLesson[] {
  const bySentence = new Map<string, ClusteredValue[]>();
  for (const { sentence, topic, withIt, without } of trials) {
    const values = bySentence.get(sentence) ?? [];
    values.push({ cluster: topic, value: withIt - without });
    bySentence.set(sentence, values);
  }
  const measured = [...bySentence].map(([sentence, values]) => ({
    sentence,
    prompts: values.length,
    ...clusterMean(values),
  }));
  const found = findDiscoveries(
    measured.map(({ p }) => p ?? 1),
    FALSE_DISCOVERY_RATE,
  );
  return measured
    .map(({ sentence, prompts, mean, low, high }, index): TestedLesson => ({
      sentence,
      effect: mean,
      low,
      high,
      prompts,
      taught: found[index] !== true || mean === 0 ? null : mean > 0 ? 'helps' : 'hurts',
    }))
    .toSorted((one, other) => Math.abs(other.effect) - Math.abs(one.effect));
}
