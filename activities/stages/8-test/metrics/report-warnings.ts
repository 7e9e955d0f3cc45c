import { isEmbedded } from '../../../../configs/settings/simulated.ts';
import type { Settings } from '../../../../configs/settings/types.ts';
import type { Metrics } from '../../../report/metrics.ts';

/** What a reader must know before believing the figures, each in one sentence: pure. */
export function findWarnings(metrics: Omit<Metrics, 'warnings'>, settings: Settings): string[] {
  const { counts, agreement, arms, detectableEffect, leaks, training } = metrics;
  const warnings: string[] = [];
  for (const { validator, excluded } of metrics.validators) {
    if (excluded !== null)
      warnings.push(`The scores of validator ${validator} are left out of everything: ${excluded}.`);
  }
  warnings.push(...kinshipWarnings(settings));
  const weak = agreement
    .filter(({ alpha }) => alpha !== null && alpha < 0.667)
    .map(({ criterion }) => criterion);
  const isWhole = metrics.validators.every(({ excluded }) => excluded === null);
  if (weak.length > 0 && isWhole) {
    warnings.push(
      `The validators agree little about ${weak.join(', ')} (Krippendorff's alpha below 0.667): make the rubric's levels clearer.`,
    );
  }
  if (counts.missingVariations > 0.1 * counts.variations) {
    warnings.push(
      `${(100 * (counts.missingVariations / counts.variations)).toFixed(1)}% of the variations are missing: the variation model wrote nothing that could be used (${reasonsOf('prompt_variations', metrics)}).`,
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
  if (metrics.verdict.kind === 'not proven' && detectableEffect !== null && detectableEffect > 0.5) {
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
  const leading = arms.find(({ name }) => name === metrics.verdict.arm);
  if (metrics.verdict.kind === 'gain' && leading) {
    const doubting = leading.validatorGains.filter(({ low }) => low !== null && low <= 0);
    if (doubting.length > 0)
      warnings.push(
        `Validator ${doubting.map(({ validator }) => validator).join(' and ')} does not clearly confirm the gain; it may be one for some readers only.`,
      );
    const { overControl } = leading;
    if (overControl?.low != null && overControl.low <= 0) {
      warnings.push(
        `What learning adds is not proven: beyond rewriting without it the gain is ${overControl.mean.toFixed(2)} (95% interval ${overControl.low.toFixed(2)} to ${(overControl.high ?? overControl.low).toFixed(2)}).`,
      );
    }
    if (overControl === null && leading.spend !== null && leading.spend.ratio > 1.5) {
      warnings.push(
        `A prompt of the arm '${leading.name}' takes ${leading.spend.calls.toFixed(1)} calls and ${leading.spend.ratio.toFixed(1)} times the tokens of the baseline; what spending as much without learning gains was not tested.`,
      );
    }
  }
  const { corrected, form } = metrics.people ?? {};
  const none = form === 'pairwise' ? 0.5 : 0;
  if (metrics.verdict.kind === 'gain' && corrected?.low != null && corrected.low <= none) {
    warnings.push(
      'What people say does not confirm the gain: corrected by it, the interval does not leave out that there is none.',
    );
  }
  if (leaks.copied > 0) {
    warnings.push(
      `${leaks.copied} of ${leaks.prompts} optimized prompts copy eight words in a row from another base prompt or from an answer.`,
    );
  }
  const low = training?.heldOutAccuracy?.low;
  if (training && low != null && low <= 0.5) {
    warnings.push(`On held-out pairs the trained ${training.trainer} is not clearly better than chance.`);
  }
  return warnings;
}

/** The codes of a stage's refusals, the most frequent first. */
function reasonsOf(stage: string, { refusals }: Pick<Metrics, 'refusals'>): string {
  const own = refusals.filter((refusal) => refusal.stage === stage);
  return own.map(({ code, count }) => `${count} ${code}`).join(', ');
}

/** Models favour answers like their own: a validator that is the main model, or of its family or of another validator's. */
function kinshipWarnings({ mainModel, validatorModel }: Settings): string[] {
  const real = validatorModel.validators.filter((validator) => !isEmbedded(validator));
  const main = mainModel.model.name;
  if (real.some(({ model }) => model.name === main))
    return ['A validator is the very model that is being judged; models are lenient with their own answers.'];
  const kin = real.find(({ family }) => main.toLowerCase().includes(family.toLowerCase()));
  const families = new Set(real.map(({ family }) => family.toLowerCase()));
  if (kin !== undefined)
    return [
      `Validator ${kin.validator} is of the main model's family (${kin.family}); it may favour answers like its own.`,
    ];
  if (families.size < real.length)
    return ['Validators of one family judge alike: their agreement says less than it seems to.'];
  return [];
}
