/** Verdicts and intervals over many tests of one family, by the pipeline's own statistics. */
import {
  compareArms,
  type ArmComparison,
  type TestAnswer,
} from '../../activities/stages/8-test/metrics/arm-metrics.ts';
import type { VerdictKind } from '../../activities/report/metrics.ts';
import { ALPHA, decideVerdict } from '../../activities/report/verdict.ts';
import { judgesOf, type Judges } from '../../activities/scoring/validator-trust.ts';
import { detectableEffect } from '../../activities/statistics/detectable-effect.ts';
import { criterionNames, drawTest, type Family } from './families.ts';

export interface FamilyCounts {
  readonly tests: number;
  readonly promoted: number;
  /** As `promoted`, if all three validators were listened to, those that taught included. */
  readonly promotedByAll: number;
  /** Tests that could tell something, and those of them whose interval holds the truth. */
  readonly told: number;
  readonly covered: number;
}

const referee = 3;
const judges = judgesOf([1, 2, 3], { referees: [referee], checks: [] });
/** Clipping at the ends of the scale moves the mean a little; the truth is what the referee says of a huge test. */
const TRUTH_PROMPTS = 10_000;

export function countFamily(family: Family, promptCount: number, tests: number): FamilyCounts {
  const truth = seenByReferee(drawTest({ ...family, missing: 0 }, TRUTH_PROMPTS, 0));
  let [promoted, promotedByAll, told, covered] = [0, 0, 0, 0];
  for (let seed = 1; seed <= tests; seed += 1) {
    const answers = drawTest(family, promptCount, seed);
    const { kind, arms } = judge(answers, judges);
    promoted += Number(kind === 'gain');
    promotedByAll += Number(
      judge(answers, { validators: [1, 2, 3], areUnheard: true, arePrograms: false }).kind === 'gain',
    );
    if (kind === 'cannot tell') continue;
    told += 1;
    const { low, high } = arms[0]?.gain ?? { low: null, high: null };
    covered += Number(low !== null && high !== null && low <= truth && truth <= high);
  }
  return { tests, promoted, promotedByAll, told, covered };
}

/** Mean over the arm's answers less that over the baseline's: all prompts have as many of both. */
function seenByReferee(answers: readonly TestAnswer[]): number {
  let sum = 0;
  for (const { arm, scores } of answers) {
    const sheet = scores[referee - 1] ?? [];
    const mean = sheet.reduce<number>((total, score) => total + (score ?? 0), 0) / sheet.length;
    sum += arm === 'baseline' ? -mean : mean;
  }
  return sum / (answers.length / 2);
}

function judge(
  answers: readonly TestAnswer[],
  listenedTo: Judges,
): { kind: VerdictKind; arms: ArmComparison['arms'] } {
  const { arms, differences, basePrompts, topicCount } = compareArms(answers, {
    arms: ['ranker'],
    criterionNames,
    judges: listenedTo.validators,
  });
  const values = differences.get('ranker') ?? [];
  const { kind } = decideVerdict({
    arms,
    judges: listenedTo,
    counts: { testPrompts: basePrompts.length, testTopics: topicCount },
    detectableEffect: values.length === 0 ? null : detectableEffect(values, { alpha: ALPHA }),
  });
  return { kind, arms };
}
