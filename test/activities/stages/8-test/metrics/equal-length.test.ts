import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  gainAtEqualLength,
  type AnsweredPrompt,
} from '../../../../../activities/stages/8-test/metrics/equal-length.ts';

/** Scores are a prompt's own level, the arm's gain, and `paid` for each unit of the length's logarithm. */
function draw(
  { gain, paid, ratio, spread }: { gain: number; paid: number; ratio: number; spread: readonly number[] },
  topics = 8,
): AnsweredPrompt[] {
  return Array.from({ length: 2 * topics }, (_, prompt) => {
    const level = 2 + 0.1 * (prompt % 7);
    const answersOf = (factor: number, lift: number): AnsweredPrompt['own'] =>
      [0, 1].map((sample) => {
        const words = Math.round(1000 * factor * spread[(2 * prompt + sample) % spread.length]!);
        return { words, score: level + lift + paid * Math.log(words / 1000) };
      });
    const [own, base] = [answersOf(ratio, gain), answersOf(1, 0)];
    const mean = (answers: AnsweredPrompt['own']): number =>
      answers.reduce((sum, { score }) => sum + score, 0) / answers.length;
    return { topic: String(Math.floor(prompt / 2)), gain: mean(own) - mean(base), own, base };
  });
}

const varied = [0.7, 1.1, 1.4, 0.9, 1.2];

describe('the gain at equal length', () => {
  it('is what is left when each answer is given back what its length was paid', () => {
    const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(between(-1, 1), between(-2, 2), between(0.7, 1.5), (gain, paid, ratio) => {
        const found = gainAtEqualLength(draw({ gain, paid, ratio, spread: varied }));
        assert.ok(found !== null && found.perDoubling !== null);
        assert.ok(Math.abs(found.mean - gain) < 1e-6);
        assert.ok(Math.abs(found.perDoubling - paid * Math.LN2) < 1e-6);
      }),
    );
  });

  it('is the whole gain where all answers are about as long as each other', () => {
    const found = gainAtEqualLength(draw({ gain: 0.5, paid: 0, ratio: 1.1, spread: [1] }));
    assert.ok(found !== null && Math.abs(found.mean - 0.5) < 1e-9);
    assert.equal(found.perDoubling, null);
  });

  it('cannot be known where lengths differ between the arms and not within them', () => {
    assert.equal(gainAtEqualLength(draw({ gain: 0.5, paid: 0, ratio: 1.5, spread: [1] })), null);
  });

  it('cannot be known where no answer of the arm is about as long as one of the baseline', () => {
    assert.equal(gainAtEqualLength(draw({ gain: 0.5, paid: 0, ratio: 4, spread: varied })), null);
  });

  it('cannot be known without prompts', () => {
    assert.equal(gainAtEqualLength([]), null);
  });
});
