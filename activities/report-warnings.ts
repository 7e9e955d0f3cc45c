import type { Settings } from '../configs/types.ts';
import type { Metrics } from './report/metrics.ts';

/** What a reader must know before believing the figures, each in one sentence: pure. */
export function findWarnings(metrics: Omit<Metrics, 'warnings'>, settings: Settings): string[] {
  const { counts, agreement, arms, detectableEffect, ranker } = metrics;
  const warnings: string[] = [];
  const served = settings.mainModel.model;
  if (
    settings.validatorModel.validators.some(
      ({ model }) => model.name === served.name && !model.endpoints.includes('embedded'),
    )
  ) {
    warnings.push(
      'A validator is the very model that is being judged; models are lenient with their own answers.',
    );
  }
  const weak = agreement
    .filter(({ alpha }) => alpha !== null && alpha < 0.667)
    .map(({ criterion }) => criterion);
  if (weak.length > 0) {
    warnings.push(
      `The validators agree little about ${weak.join(', ')} (Krippendorff's alpha below 0.667): make the rubric's levels clearer.`,
    );
  }
  const share = counts.scores === 0 ? 0 : counts.missingScores / counts.scores;
  if (share > 0.02) {
    warnings.push(
      `${(100 * share).toFixed(1)}% of the validators' score sheets are missing or incomplete; they count as missing, not as zero.`,
    );
  }
  if (counts.testPrompts < counts.basePrompts.test) {
    warnings.push(
      `${counts.basePrompts.test - counts.testPrompts} of ${counts.basePrompts.test} held-out prompts could not be compared for lack of scores.`,
    );
  }
  if (counts.testTopics > 0 && counts.testTopics < 8) {
    warnings.push(
      `The test rests on ${counts.testTopics} topics only; with fewer than 8 the interval is rough.`,
    );
  }
  if (metrics.verdict.kind === 'no gain' && detectableEffect !== null && detectableEffect > 0.5) {
    warnings.push(
      `This test could only have seen effects of ${detectableEffect.toFixed(2)} points or more; use more base prompts for finer ones.`,
    );
  }
  for (const { name, lengthRatio, gain } of arms) {
    if (gain.mean > 0 && lengthRatio > 1.5) {
      warnings.push(
        `Answers of the arm '${name}' are ${lengthRatio.toFixed(1)} times as long as the baseline's; part of the gain may be length.`,
      );
    }
  }
  if (ranker?.heldOutAccuracy && ranker.heldOutAccuracy.low !== null && ranker.heldOutAccuracy.low <= 0.5) {
    warnings.push('On held-out pairs the ranker is not clearly better than chance.');
  }
  return warnings;
}
