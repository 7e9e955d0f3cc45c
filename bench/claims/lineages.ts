/**
 * Lineages of continual rounds with scores drawn directly: the ledger's own arithmetic and the gate's own rule, round after round, with a
 * challenger whose true gain is known.
 */
import { decidePromotion } from '../../activities/claims/promotion-rule.ts';
import { judgesOf } from '../../activities/scoring/validator-trust.ts';
import { compareArms, type TestAnswer } from '../../activities/stages/8-test/metrics/arm-metrics.ts';
import { isWorthAnotherLook } from '../../activities/statistics/another-look.ts';
import { levelOfLook, nextLevel, type SpentClaim } from '../../activities/statistics/error-budget.ts';
import { criterionNames, drawTest, type Family } from './families.ts';

/** Gate prompts of a round of 60 base prompts, the default. */
const GATE_PROMPTS = 18;
const LOOKS = 5;

export interface Lineage {
  /** Round of the first promotion, from 1; undefined if there was none. */
  readonly promoted: number | undefined;
  readonly claims: number;
  /** Looks that were taken, and how many all claims had. */
  readonly taken: number;
  readonly allowed: number;
}

/** @param familyOf what the challenger of a round, from 1, is like. */
export function playLineage(
  familyOf: (round: number) => Family,
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Lineage {
  const claims: SpentClaim[] = [];
  let looked: TestAnswer[] = [];
  let [look, taken, allowed] = [0, 0, 0];
  const judges = judgesOf([1, 2, 3], { referees: [3], checks: [] });
  for (let round = 1; round <= rounds; round += 1) {
    if (look === 0) {
      claims.push({ level: nextLevel(claims), isProven: false });
      looked = [];
      allowed += LOOKS;
    }
    look += 1;
    taken += 1;
    looked = [...looked, ...gateOf(familyOf(round), look, seed * rounds + round)];
    const level = levelOfLook(claims.at(-1)?.level ?? 0, LOOKS);
    const { arms, differences, basePrompts, topicCount } = compareArms(looked, {
      arms: ['ranker'],
      criterionNames,
      judges: judges.validators,
      level: 1 - 2 * level,
    });
    const { promote } = decidePromotion({
      arm: arms[0] ?? null,
      judges,
      level: 2 * level,
      regression: null,
      prompts: basePrompts.length,
      topics: topicCount,
      opponent: 'champion',
      look,
      looks: LOOKS,
      learnedTopics: 0,
      obstacle: null,
    });
    if (promote) return { promoted: round, claims: claims.length, taken, allowed };
    const values = differences.get('ranker') ?? [];
    if (!isWorthAnotherLook(values, { level, taken: look, looks: LOOKS })) look = 0;
  }
  return { promoted: undefined, claims: claims.length, taken, allowed };
}

/** Every look has prompts and topics of its own. */
function gateOf(family: Family, look: number, seed: number): TestAnswer[] {
  return drawTest(family, GATE_PROMPTS, seed).map((answer) => ({
    ...answer,
    basePromptIdx: answer.basePromptIdx + look * GATE_PROMPTS,
    topic: `${look}:${answer.topic}`,
  }));
}
