import assert from 'node:assert/strict';
import { DOMParser } from 'linkedom';
import type { Metrics } from '../../../activities/report/metrics.ts';
import { renderComparison } from '../../../activities/report/comparison-page.ts';
import { compareRuns } from '../../../activities/report/comparison.ts';
import { comparisonSummary } from '../../../activities/report/summary.ts';
import { hostileMetrics } from './hostile-metrics.ts';
import { sampleMetrics } from './sample-metrics.ts';

describe('compareRuns', () => {
  const untested = {
    ...sampleMetrics,
    run: 'without-a-test',
    seed: sampleMetrics.seed + 1,
    arms: [],
    verdict: { kind: 'no gain', arm: null, sentence: 'No gain: no arm was tested.' },
  } as const;

  it('keeps the order of the runs, and says which models and settings differ', () => {
    const { runs, differences } = compareRuns([untested, sampleMetrics]);
    assert.deepEqual(
      runs.map(({ run }) => run),
      ['without-a-test', sampleMetrics.run],
    );
    assert.deepEqual(differences, [
      { name: 'seed', values: [String(untested.seed), String(sampleMetrics.seed)] },
    ]);
  });

  it('names every param, text, config value and split that differs, and of earlier metrics what they tell', () => {
    const inputs = {
      definitionDigest: 'a'.repeat(64),
      params: { domain: 'travel', 'list[0]': 1 },
      configs: { 'main_model_config: sampling.topP': 0.9, 'queues: cpu.concurrency': 4 },
      texts: { rubric: 'b'.repeat(64), val_model_input: 'c'.repeat(64) },
      prompts: {
        train: { count: 8, digest: 'd'.repeat(64) },
        test: { count: 4, digest: 'e'.repeat(64) },
      },
    };
    const one = { ...sampleMetrics, inputs };
    const other = {
      ...sampleMetrics,
      inputs: {
        definitionDigest: 'f'.repeat(64),
        params: { domain: 'cooking' },
        configs: { ...inputs.configs, 'main_model_config: sampling.topP': 1 },
        texts: { ...inputs.texts, rubric: '0'.repeat(64) },
        prompts: { ...inputs.prompts, test: { count: 4, digest: '1'.repeat(64) } },
      },
    };
    const differences = (runs: readonly Metrics[]): [string, ...string[]][] =>
      compareRuns(runs).differences.map(({ name, values }) => [name, ...values]);
    assert.deepEqual(differences([one, one]), []);
    assert.deepEqual(differences([one, other]), [
      ['definition', 'prose (aaaaaaaaaaaa)', 'prose (ffffffffffff)'],
      ['param: domain', 'travel', 'cooking'],
      ['param: list[0]', '1', '–'],
      ['prompts: test', '4 (eeeeeeeeeeee)', '4 (111111111111)'],
      ['text: rubric', 'bbbbbbbbbbbb', '000000000000'],
      ['main_model_config: sampling.topP', '0.9', '1'],
    ]);
    const smaller = { ...sampleMetrics.counts.basePrompts, train: 79 };
    const earlier = { ...sampleMetrics, counts: { ...sampleMetrics.counts, basePrompts: smaller } };
    assert.deepEqual(differences([earlier, other]), [['prompts: train', '79', '80']]);
  });

  it('has no gain where no arm was tested, on the page and in the terminal', () => {
    const comparison = compareRuns([untested, sampleMetrics]);
    assert.equal(comparison.runs[0]?.gain, null);
    assert.match(comparisonSummary(comparison), /without-a-test\s+no gain\s+–\s+–\s+–/u);
    const page = new DOMParser().parseFromString(renderComparison(comparison), 'text/html');
    assert.equal(page.querySelectorAll('svg').length, 2);
    assert.equal(page.querySelectorAll('tbody tr').length, 3);
  });

  it('shows no plot when no run tested anything', () => {
    const page = renderComparison(compareRuns([untested, untested]));
    assert.equal(new DOMParser().parseFromString(page, 'text/html').querySelectorAll('svg').length, 0);
  });

  it('makes texts of others harmless', () => {
    const comparison = compareRuns([hostileMetrics, sampleMetrics]);
    const page = renderComparison(comparison);
    assert.doesNotMatch(page, /<script|javascript:|https?:\/\/(?!www\.w3\.org)/iu);
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    assert.doesNotMatch(comparisonSummary(comparison), /[\u0000-\u0009\u000B-\u001F]/u);
  });
});
