import assert from 'node:assert/strict';
import { measureHeadroom, UNTOUCHED, type TrialScore } from '../../../activities/headroom/headroom.ts';
import { drawWorld, WORLD_KINDS } from '../../../bench/search/headroom-worlds.ts';

const WORTHWHILE = 0.1;
const WORLDS = 40;

describe('measureHeadroom', () => {
  for (const kind of WORLD_KINDS) {
    it(`says what is right in nine of ten worlds of the kind '${kind}'`, () => {
      const right = Array.from({ length: WORLDS }, (_, seed) => drawWorld(kind, seed)).filter(
        (world) => measureHeadroom(world.scores, WORTHWHILE).decision === world.right,
      );
      assert.ok(right.length >= 0.9 * WORLDS, `${right.length} of ${WORLDS}`);
    });
  }

  it('promises nothing for the best of many wordings by luck', () => {
    const gains = Array.from({ length: WORLDS }, (_, seed) =>
      measureHeadroom(drawWorld('noise', seed).scores, WORTHWHILE),
    );
    for (const way of ['oneWording', 'ownWording'] as const) {
      const mean = gains.reduce((sum, one) => sum + one[way]!.mean, 0) / WORLDS;
      assert.ok(mean < 0.05, `${way}: ${mean}`);
    }
  });

  it('finds that each prompt has a wording of its own where no wording is the best of all', () => {
    const scores = Array.from({ length: 16 }, (_, prompt) =>
      [UNTOUCHED, 'a', 'b'].flatMap((wording) =>
        [0, 1].map((sample): TrialScore => {
          const isOwn = wording === (prompt % 2 === 0 ? 'a' : 'b');
          const score = (wording === UNTOUCHED ? 3 : isOwn ? 4 : 1) + 0.01 * ((prompt + sample) % 3);
          return { prompt, topic: String(prompt), wording, sample, judge: 1, score };
        }),
      ),
    ).flat();
    const { decision, ownWording, oneWording, agreement } = measureHeadroom(scores, WORTHWHILE);
    assert.equal(decision, 'go');
    assert.ok(ownWording!.low! > 0.7 && oneWording!.mean < 0);
    assert.equal(agreement, null);
  });

  it('does without second answers, and says nothing of what only they tell', () => {
    const scores = drawWorld('gain', 1).scores.filter(({ sample }) => sample === 0);
    const { ownWording, noise, oneWording } = measureHeadroom(scores, WORTHWHILE);
    assert.equal(ownWording, null);
    assert.equal(noise, null);
    assert.ok(oneWording!.mean > 0);
  });

  it('cannot tell where a gain is likely and not proven', () => {
    const scores = Array.from({ length: 16 }, (_, prompt) =>
      [UNTOUCHED, 'a'].map((wording): TrialScore => {
        const gain = wording === UNTOUCHED ? 0 : 0.2 + (prompt % 2 === 0 ? 0.4 : -0.4);
        return { prompt, topic: String(prompt), wording, sample: 0, judge: 1, score: 3 + gain };
      }),
    ).flat();
    const { decision, oneWording } = measureHeadroom(scores, WORTHWHILE);
    assert.ok(oneWording!.low! < 0 && oneWording!.isLikely);
    assert.equal(decision, 'cannot tell');
  });

  it('stops where there is nothing to measure', () => {
    const { decision, prompts, oneWording } = measureHeadroom([], 5);
    assert.deepEqual({ decision, prompts, oneWording }, { decision: 'stop', prompts: 0, oneWording: null });
  });
});
