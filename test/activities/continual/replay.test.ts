import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planTraining, replayPairs } from '../../../activities/continual/replay.ts';
import type { Round, RoundDecision } from '../../../activities/continual/rounds.ts';

const rule = { minimumPairs: 30, coolDownAfter: 3 };

/** Rounds with these decisions, each with 40 new pairs, or as told. */
function rounds(...ended: readonly (RoundDecision | [RoundDecision, number])[]): Round[] {
  let fresh = 0;
  return ended.map((one, round) => {
    const [decision, newPairs] = typeof one === 'string' ? ([one, 40] as const) : one;
    fresh += newPairs;
    const freshPairs = fresh;
    if (decision === 'promoted' || decision === 'kept') fresh = 0;
    return {
      run: `run-${round}`,
      round,
      decision,
      reason: '',
      newPairs,
      freshPairs,
      pairsUsed: decision === 'promoted' || decision === 'kept' ? freshPairs : 0,
      championBefore: '',
      championAfter: '',
      challenger: '',
      gain: null,
      look: null,
      looks: null,
      p: null,
      lookLevel: null,
      level: null,
      gatePrompts: 0,
      gateTopics: 0,
      calls: 0,
      simulated: true,
      mainModel: 'main',
      seed: 0,
      finishedAt: '',
    };
  });
}

describe('planTraining', () => {
  it('trains on enough new pairs', () => {
    assert.equal(planTraining([], 30, rule).decision, null);
    assert.equal(planTraining(rounds('promoted'), 30, rule).decision, null);
  });

  it('skips a round without, and counts its pairs for the next', () => {
    assert.equal(planTraining([], 29, rule).decision, 'skipped');
    const next = planTraining(rounds('promoted', ['skipped', 20]), 10, rule);
    assert.deepEqual([next.decision, next.freshPairs], [null, 30]);
  });

  it('does not count pairs twice that were trained on', () => {
    const plan = planTraining(rounds(['skipped', 20], 'kept'), 10, rule);
    assert.deepEqual([plan.decision, plan.freshPairs], ['skipped', 10]);
  });

  it('cools down after three rejections in a row, until twice the pairs came in', () => {
    const rejected = rounds('promoted', 'kept', 'kept', 'kept');
    const plan = planTraining(rejected, 40, rule);
    assert.deepEqual([plan.decision, plan.requiredPairs], ['collected', 80]);
    const second = planTraining(rounds('promoted', 'kept', 'kept', 'kept', 'collected'), 40, rule);
    assert.equal(second.decision, null);
  });

  it('waits twice as long after each further rejection, and no longer after a promotion', () => {
    const more = rounds('kept', 'kept', 'kept', 'collected', 'kept');
    assert.equal(planTraining(more, 40, rule).requiredPairs, 160);
    const recovered = rounds('kept', 'kept', 'kept', 'collected', 'promoted', 'kept');
    assert.equal(planTraining(recovered, 40, rule).decision, null);
  });
});

describe('a rule of training', () => {
  it('holds at its bounds', () => {
    const rejected = rounds('promoted', 'kept', 'kept', 'kept');
    assert.deepEqual(planTraining(rejected, 80, rule), {
      freshPairs: 80,
      requiredPairs: 80,
      decision: null,
      reason: '',
    });
    assert.equal(planTraining(rejected, 79, rule).decision, 'collected');
    assert.equal(planTraining(rejected, 30, rule).decision, 'collected');
    assert.equal(planTraining(rejected, 29, rule).decision, 'skipped');
    assert.equal(planTraining(rounds('promoted', 'kept', 'kept'), 30, rule).decision, null);
    assert.equal(planTraining(rounds('kept', 'undecided', 'kept', 'kept'), 30, rule).decision, 'collected');
    assert.equal(planTraining([], 30, { ...rule, coolDownAfter: 0 }).decision, null);
  });

  it('says what is missing', () => {
    const rejected = rounds('promoted', 'kept', 'kept', 'kept');
    assert.match(planTraining(rejected, 40, rule).reason, /3 rejected .*: 40 of 80 /);
    assert.match(planTraining([], 29, rule).reason, /: 29; at least 30 /);
  });
});

describe('replayPairs', () => {
  const row = (index: number) => ({ pair_idx: index, weight: 1 });
  const sizes = fc.tuple(fc.nat(20), fc.nat(60), fc.integer({ min: 1, max: 50 }), fc.nat());

  it('keeps all new pairs, replays what there is room for, and stands for all of them by weight', () => {
    fc.assert(
      fc.property(sizes, ([freshCount, earlierCount, most, seed]) => {
        const fresh = Array.from({ length: freshCount }, (_, index) => row(index));
        const earlier = Array.from({ length: earlierCount }, (_, index) => row(1000 + index));
        const replayed = replayPairs(fresh, earlier, most, seed);
        assert.deepEqual(replayed.slice(0, freshCount), fresh);
        const expected = Math.min(freshCount + earlierCount, Math.max(most, freshCount));
        assert.equal(replayed.length, expected);
        assert.equal(new Set(replayed.map((one) => one['pair_idx'])).size, expected);
        // With room for one or none of the older pairs there may be nobody to stand for them.
        const weight = replayed.reduce((sum, one) => sum + one['weight'], 0);
        if (most - freshCount >= 2) assert.ok(Math.abs(weight - freshCount - earlierCount) < 1e-6);
      }),
    );
  });

  it('prefers the newest', () => {
    const earlier = Array.from({ length: 100 }, (_, index) => row(index));
    const replayed = replayPairs([], earlier, 20, 1).map((one) => one['pair_idx']);
    assert.deepEqual(replayed.slice(0, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.ok(replayed.slice(10).some((index) => index > 50));
  });

  it('weighs each of the older ones for as many as it was drawn from', () => {
    const earlier = Array.from({ length: 13 }, (_, index) => row(index));
    const replayed = replayPairs([row(100)], earlier, 8, 1);
    // Room for 7: the 4 newest as they are, and 3 of the other 9.
    assert.deepEqual(
      replayed.map(({ weight }) => weight),
      [1, 1, 1, 1, 1, 3, 3, 3],
    );
    assert.deepEqual(
      replayed.slice(1, 5).map((one) => one['pair_idx']),
      [0, 1, 2, 3],
    );
    assert.deepEqual(replayPairs([], earlier, 13, 1), earlier);
    assert.deepEqual(replayPairs([row(1), row(2)], earlier, 1, 1), [row(1), row(2)]);
  });

  it('draws by the seed', () => {
    const earlier = Array.from({ length: 100 }, (_, index) => row(index));
    assert.deepEqual(replayPairs([], earlier, 20, 1), replayPairs([], earlier, 20, 1));
    assert.notDeepEqual(replayPairs([], earlier, 20, 1), replayPairs([], earlier, 20, 2));
  });
});
