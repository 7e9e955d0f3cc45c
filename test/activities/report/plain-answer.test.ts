import assert from 'node:assert/strict';
import { DOMParser } from 'linkedom';
import { renderReport } from '../../../activities/report/html.ts';
import type { Metrics, VerdictKind } from '../../../activities/report/metrics.ts';
import { plainAnswer } from '../../../activities/report/plain-answer.ts';
import { terminalSummary } from '../../../activities/report/summary.ts';
import { sampleMetrics } from './sample-metrics.ts';
import { samplePeople as people } from './sample-people.ts';

const withKind = (kind: VerdictKind, more: Partial<Metrics> = {}): Metrics => ({
  ...sampleMetrics,
  ...more,
  verdict: { ...sampleMetrics.verdict, kind },
});
const kinds: { readonly [kind in VerdictKind]: string } = {
  gain: 'Yes',
  mixed: 'No',
  'not proven': 'Cannot tell',
  'no gain': 'No',
  worse: 'No',
  'cannot tell': 'Cannot tell',
  none: 'Cannot tell',
};
/** Words that nobody need know before the sections below explain them. */
const JARGON =
  /\b(arms?|Holm|referees?|baseline|ranker|rewriter|untrained|p-values?|intervals?|validators?|held-out|alpha)\b/iu;

describe('the first screen', () => {
  for (const [kind, answer] of Object.entries(kinds) as [VerdictKind, string][]) {
    it(`answers ${answer} where the verdict is ${kind}, in words that need no explaining`, () => {
      const metrics = withKind(kind, { people });
      const { answer: given, because, parts } = plainAnswer(metrics);
      assert.equal(given, answer);
      assert.match(because, /^[A-Z].*\.$/u);
      const page = new DOMParser().parseFromString(renderReport(metrics), 'text/html');
      // The name of a model is what somebody else called it.
      const screen = (page.querySelector('header')?.textContent ?? '').replaceAll(
        'simulated-validator-3',
        '',
      );
      assert.doesNotMatch(screen, JARGON);
      const terminal = terminalSummary(metrics).split('Spent:')[0]?.replaceAll('simulated-validator-3', '');
      assert.doesNotMatch(terminal ?? '', JARGON);
      for (const part of parts) assert.ok(screen.includes(part.more.replaceAll('simulated-validator-3', '')));
    });
  }

  it('says by how much, who says so, what people say, whether it is the learning, and what it costs', () => {
    const { parts } = plainAnswer(withKind('gain', { people }));
    assert.deepEqual(
      parts.map(({ answer }) => answer),
      ['+0.62', 'One judge', '+0.31', 'Yes', '5.3 times'],
    );
    assert.match(
      parts[2]?.more ?? '',
      /very likely \+0\.02 to \+0\.60\. 2 people \(simulated\) compared 18 pairs/u,
    );
  });

  it('gives the reason of the verdict where every answer is at one end of the scale', () => {
    const ends = {
      baseline: { ...sampleMetrics.baseline, meanScore: 1 },
      arms: sampleMetrics.arms.map((arm) => ({ ...arm, meanScore: 1 })),
    };
    assert.match(plainAnswer(withKind('cannot tell', ends)).because, /^No answer got any points/u);
    const counts = { ...sampleMetrics.counts, testTopics: 4 };
    assert.match(plainAnswer(withKind('cannot tell', { ...ends, counts })).because, /^Only 4 topics/u);
  });

  it('shows no range and no credit for learning where nothing can be told', () => {
    const counts = { ...sampleMetrics.counts, testTopics: 4 };
    const { because, parts } = plainAnswer(withKind('cannot tell', { counts }));
    assert.match(because, /^Only 4 topics/u);
    assert.deepEqual(
      parts.map(({ question }) => question),
      ['What was seen?', 'Who says so?', 'What does it cost?'],
    );
    assert.doesNotMatch(parts[0]?.more ?? '', /likely/u);
  });

  it('has the agreement of each judge with people in a table of its own further down', () => {
    const page = new DOMParser().parseFromString(renderReport(withKind('gain', { people })), 'text/html');
    const cells = [...page.querySelectorAll('section[aria-labelledby="people"] tbody td')];
    assert.deepEqual(
      cells.map((cell) => cell.textContent?.split(' ')[0]),
      ['0.25', '0.50', '0.75', '0.80'],
    );
  });

  it('says what tuning the main model does, beside what the prompts do, where it was tuned', () => {
    const [arm] = sampleMetrics.arms;
    assert.ok(arm);
    const asks = (arms: Metrics['arms']): string[] =>
      plainAnswer({ ...withKind('gain'), arms }).parts.map(({ question }) => question);
    assert.ok(!asks(sampleMetrics.arms).includes('And the tuned model?'));
    assert.ok(asks([...sampleMetrics.arms, { ...arm, name: 'tuned' }]).includes('And the tuned model?'));
  });
});
