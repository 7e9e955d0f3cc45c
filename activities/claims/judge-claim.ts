/** The look at a claim: whether the arm is proven better than its opponent, with the prompts of all looks so far. */
import { parseRubric } from '../../configs/checks/rubric.ts';
import type { ActivityContext } from '../activity.ts';
import type { Estimate } from '../report/metrics.ts';
import type { Judges } from '../scoring/validator-trust.ts';
import { compareArms, type ArmComparison, type TestAnswer } from '../stages/8-test/metrics/arm-metrics.ts';
import { isWorthAnotherLook } from '../statistics/another-look.ts';
import { shareSeenOnce } from '../statistics/rare-harm.ts';
import { levelOfLook } from '../statistics/error-budget.ts';
import { readClaimAnswers, type ClaimAnswer } from './claim-answers.ts';
import { recordLook, type ClaimOutcome } from './ledger.ts';
import { decidePromotion } from './promotion-rule.ts';
import { findDeviation, type Registration } from './registration.ts';
import { digestSplits } from './split-digests.ts';

/** How a look at a claim ended. */
export interface ClaimVerdict {
  readonly outcome: ClaimOutcome;
  /** One sentence. */
  readonly reason: string;
  /** Of the arm over its opponent; the interval is at the level of one look, so that it is above 0 where the claim is proven. */
  readonly gain: Estimate;
  /** One-sided p-value of no gain. */
  readonly p: number | null;
  readonly prompts: number;
  readonly topics: number;
}

export interface JudgedClaim extends ClaimVerdict {
  /** All answers that were looked at, those of the regression set included. */
  readonly answered: readonly ClaimAnswer[];
  readonly judges: Judges;
}

const none: Estimate = { mean: 0, low: null, high: null };

/**
 * Takes the look that was registered and enters it in the ledger. Only prompts that no earlier claim has seen prove anything; the
 * regression set can speak against it.
 * @param version the one that is to be proven better.
 */
export async function judgeClaim(
  registration: Registration,
  version: string,
  context: ActivityContext,
): Promise<JudgedClaim> {
  const { store, run } = context;
  const { claim, lineage, champion, level, looks, earlierRuns } = registration;
  const { answered, judges, learnedTopics, unknown } = await readClaimAnswers(
    { runs: [...earlierRuns, run.runId], versions: [version, champion] },
    context,
  );
  const opponent = champion === '' ? 'baseline' : 'champion';
  const interval = 1 - 2 * levelOfLook(level, looks);
  const contest = (answers: readonly ClaimAnswer[]): ArmComparison =>
    compareTwo(answers, registration.arm, opponent, { judges, level: interval }, context);
  const freshAnswers = answered.filter(({ isRegression }) => !isRegression);
  const fresh = contest(freshAnswers);
  const topicsOf = (runId: string): Set<string> =>
    new Set(freshAnswers.filter((answer) => answer.run === runId).map(({ topic }) => topic));
  const [arm] = fresh.arms;
  const found = { ...registration, prompts: await digestSplits(context) };
  const { promote, reason } = decidePromotion({
    arm: arm ?? null,
    judges,
    level: 1 - interval,
    regression: contest(answered.filter(({ isRegression }) => isRegression)).arms[0]?.gain ?? null,
    prompts: fresh.basePrompts.length,
    topics: fresh.topicCount,
    seenOnce: shareSeenOnce([...earlierRuns, run.runId].map(topicsOf)),
    opponent,
    look: registration.look,
    looks,
    learnedTopics,
    obstacle:
      unknown === undefined
        ? findDeviation(registration, found)
        : `nothing tells any more what ${unknown} has learned from, so that the prompts of this test may be among it`,
  });
  const isOpen = isWorthAnotherLook(fresh.differences.get(registration.arm) ?? [], {
    level: levelOfLook(level, looks),
    taken: registration.look,
    looks,
  });
  const outcome = promote ? 'proven' : isOpen ? 'open' : 'dropped';
  const twoSided = arm?.gain.pHolm ?? null;
  const p = arm === undefined || twoSided === null ? null : oneSided(twoSided, arm.gain.mean);
  await recordLook(store, lineage, claim, { run: run.runId, version, p, outcome });
  const gain = arm === undefined ? none : estimateOf(arm.gain);
  return {
    outcome,
    reason,
    gain,
    p,
    prompts: fresh.basePrompts.length,
    topics: fresh.topicCount,
    answered,
    judges,
  };
}

/** The comparison of arms knows one baseline: here it is the arm that the other is compared with. */
export function compareTwo(
  answered: readonly TestAnswer[],
  own: string,
  other: string,
  { judges, level }: { readonly judges: Judges; readonly level?: number },
  { settings }: Pick<ActivityContext, 'settings'>,
): ArmComparison {
  const criterionNames = parseRubric(settings.texts.rubric).criteria.map(({ name }) => name);
  const renamed = answered.flatMap((answer) => {
    if (answer.arm === other) return { ...answer, arm: 'baseline' };
    return answer.arm === own ? answer : [];
  });
  return compareArms(renamed, {
    arms: [own],
    claimed: [own],
    criterionNames,
    judges: judges.validators,
    ...(level !== undefined && { level }),
  });
}

export function estimateOf({ mean, low, high }: Estimate): Estimate {
  return { mean, low, high };
}

function oneSided(twoSided: number, mean: number): number {
  return mean > 0 ? twoSided / 2 : 1 - twoSided / 2;
}
