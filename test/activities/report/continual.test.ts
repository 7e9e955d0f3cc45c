import assert from 'node:assert/strict';
import {
  renderContinualReport,
  type ContinualMetrics,
  type RoundMetrics,
} from '../../../activities/report/continual.ts';

const tested: RoundMetrics = {
  round: 0,
  run: 'run/rounds[0].learn',
  decision: 'promoted',
  reason: 'Proven better.',
  newPairs: 80,
  pairsUsed: 80,
  championAfter: 'ranker-1',
  gain: { mean: 0.31, low: 0.12, high: 0.6 },
  level: { mean: 0.31, low: 0.12, high: 0.6 },
  gatePrompts: 12,
  calls: 982,
};
const skipped: RoundMetrics = {
  ...tested,
  round: 1,
  decision: 'skipped',
  reason: 'Too few <b>new</b> pairs.',
  gain: null,
  level: null,
};
const metrics: ContinualMetrics = {
  version: 1,
  lineage: '0123456789abcdef',
  mainModel: 'main<script>alert(1)</script>',
  simulated: true,
  rounds: [tested, skipped],
};

describe('the report of continual learning', () => {
  it('shows the rounds that were tested, and why the others were not', () => {
    const html = renderContinualReport(metrics);
    assert.match(html, /2 rounds, 1 promotion</);
    assert.match(html, /\+0\.31/);
    assert.match(html, /round 0/);
    assert.match(html, /skipped/);
  });

  it('is harmless, asks nobody for anything, and says that models were simulated', () => {
    const html = renderContinualReport(metrics);
    assert.doesNotMatch(html, /<script|<b>new|https?:\/\/(?!www\.w3\.org)/);
    assert.match(html, /Simulated models/);
    assert.doesNotMatch(renderContinualReport({ ...metrics, simulated: false }), /Simulated models/);
  });

  it('does without a figure where no round was tested', () => {
    const html = renderContinualReport({ ...metrics, rounds: [{ ...skipped, championAfter: '' }] });
    assert.doesNotMatch(html, /<svg/);
    assert.match(html, /No optimizer has been proven better/);
  });
});
