import assert from 'node:assert/strict';
import { measureLessons, type LessonTrial } from '../../../../activities/stages/7-lessons/lesson-effects.ts';
import { createRandom } from '../../../../activities/randomness/random.ts';

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Trials of lessons with the given true effects on 16 prompts of as many topics. */
function draw(effects: { readonly [sentence: string]: number }, seed: number): LessonTrial[] {
  const random = createRandom(seed);
  return Array.from({ length: 16 }, (_, topic) => {
    const without = 3 + 0.3 * normal(random);
    return Object.entries(effects).map(([sentence, effect]): LessonTrial => ({
      sentence,
      topic: `t${topic}`,
      withIt: 3 + effect + 0.3 * normal(random),
      without,
    }));
  }).flat();
}

describe('measureLessons', () => {
  it('teaches what helps and what hurts, strongest first, with effect and interval', () => {
    const measured = measureLessons(draw({ weak: 0.1, good: 0.8, bad: -1 }, 1));
    assert.deepEqual(measured.map(({ sentence, taught }) => [sentence, taught]).slice(0, 2), [
      ['bad', 'hurts'],
      ['good', 'helps'],
    ]);
    for (const { effect, low, high } of measured) assert.ok(low! < effect && effect < high!);
    assert.ok(measured.every(({ prompts }) => prompts === 16));
  });

  it('calls a wording without effect helpful or harmful in at most one run in twenty, whatever else is found', () => {
    const runs = 400;
    let taught = 0;
    for (let seed = 1; seed <= runs; seed += 1) {
      const effects = {
        neutral: 0,
        a: 0.8,
        b: -0.8,
        c: 0.6,
        d: 0.7,
        e: -0.6,
        f: 0.5,
        g: 0.9,
        h: -0.5,
        i: 0.4,
      };
      const neutral = measureLessons(draw(effects, seed)).find(({ sentence }) => sentence === 'neutral');
      if (neutral?.taught !== null) taught += 1;
    }
    // Of 400 draws of one in twenty, more than 32 come once in two hundred times.
    assert.ok(taught <= 32, String(taught));
  });

  it('teaches nothing of one topic, of no difference, and of nothing', () => {
    const trial = { sentence: 'one', topic: 't', withIt: 5, without: 1 };
    assert.deepEqual(measureLessons([trial, trial])[0]?.taught, null);
    const same = Array.from({ length: 9 }, (_, topic) => ({ ...trial, topic: `t${topic}`, withIt: 1 }));
    assert.deepEqual(measureLessons(same)[0]?.taught, null);
    assert.deepEqual(measureLessons([]), []);
  });
});
