import assert from 'node:assert/strict';
import { chooseCandidates, MOST_LESSONS } from '../../../../activities/stages/7-lessons/choose-candidates.ts';
import type { LessonCandidate } from '../../../../activities/trainers/lessons.ts';

const pair = (chosenApproach: string | null, rejectedApproach: string | null, probability = 0.9) => ({
  chosenApproach,
  rejectedApproach,
  probability,
  weight: 1,
});
const approaches = ['weak', 'winner', 'loser', 'unused'].map((name) => ({
  name,
  instruction: `Do ${name}.`,
}));
const found: LessonCandidate[] = [{ sentence: 'Found', change: { template: '{prompt} Found.' } }];

describe('chooseCandidates', () => {
  it('takes the approaches that win or lose most surely and what was found, by turns', () => {
    const pairs = [
      ...Array.from({ length: 9 }, () => pair('winner', 'loser')),
      pair('weak', 'untouched', 0.6),
    ];
    const sentences = chooseCandidates(pairs, approaches, found).map(({ sentence }) => sentence);
    assert.deepEqual(sentences, ['Do winner', 'Found', 'Do loser', 'Do weak']);
  });

  it('knows a template for what it is', () => {
    const own = { name: 'frame', template: 'Slowly: {prompt}' };
    assert.deepEqual(chooseCandidates([pair('frame', 'untouched')], [own], [])[0]?.change, {
      template: own.template,
    });
  });

  it('tries each once, and no more than it may', () => {
    const many = Array.from({ length: 30 }, (_, index): LessonCandidate => ({
      sentence: `S${index % 15}`,
      change: { instruction: 'x' },
    }));
    const chosen = chooseCandidates([], approaches, many).map(({ sentence }) => sentence);
    assert.equal(chosen.length, MOST_LESSONS);
    assert.equal(new Set(chosen).size, chosen.length);
  });

  it('tries nothing where nothing is known', () => {
    assert.deepEqual(chooseCandidates([pair(null, null)], approaches, []), []);
  });
});
