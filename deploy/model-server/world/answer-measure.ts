/** Measures what can be seen in an answer. The only way in which an answer reaches a validator. */
import { marks } from './answer-language.ts';
import { reachOf } from './true-quality.ts';
import type { PerCriterion } from './world.ts';
import { contentWordsOf, sentencesOf, stemsOf } from './words.ts';

export interface Measure {
  /** Scores that the visible traits of the answer are worth, 1 to 5. */
  readonly scores: PerCriterion;
  /** Sentences after the opening. */
  readonly sentenceCount: number;
}

const nothing: Measure = {
  scores: { relevance: 1, accuracy: 1, depth: 1, clarity: 1, usefulness: 1 },
  sentenceCount: 0,
};

/**
 * Measures an answer to a request. The first sentence is the opening: it counts for what the answer covers only.
 * An answer of one sentence or none is worth 1 throughout.
 */
export function measureAnswer(answer: string, request: string): Measure {
  const [opening = '', ...body] = sentencesOf(answer.replace(/^(\s*\d{1,2})\.\s+/gm, '$1) '));
  if (body.length === 0) return nothing;

  const asked = new Set(contentWordsOf(request).keys());
  const covered = new Set([...stemsOf(opening)].filter((word) => asked.has(word)));
  let onTopic = 0;
  let supported = 0;
  let detailed = 0;
  let ordered = 0;
  let useful = 0;
  for (const sentence of body) {
    const isOrdered = marks.order.test(sentence);
    const bare = isOrdered ? sentence.replace(marks.order, '') : sentence;
    const shared = [...stemsOf(bare)].filter((word) => asked.has(word));
    if (asked.size === 0 || shared.length > 0) onTopic += 1;
    for (const word of shared) covered.add(word);
    supported += credit(marks.support.test(bare), marks.doubt.test(bare));
    detailed += credit(marks.detail.test(bare), marks.vague.test(bare));
    ordered += credit(isOrdered, marks.muddle.test(bare));
    useful += credit(marks.action.test(bare), marks.filler.test(bare));
  }
  const reach = asked.size === 0 ? 1 : reachOf(covered.size / asked.size);
  const scoreOf = (sum: number): number => 1 + (4 * sum) / body.length;
  return {
    scores: {
      relevance: 1 + (scoreOf(onTopic) - 1) * reach,
      accuracy: scoreOf(supported),
      depth: scoreOf(detailed),
      clarity: scoreOf(ordered),
      usefulness: 1 + (scoreOf(useful) - 1) * reach,
    },
    sentenceCount: body.length,
  };
}

function credit(isGood: boolean, isBad: boolean): number {
  if (isGood === isBad) return 0.5;
  return isGood ? 1 : 0;
}
