import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { sampleMetrics } from './sample-metrics.ts';

const schemaUrl = new URL('../../../activities/report/metrics.schema.json', import.meta.url);
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(schemaUrl, 'utf8')),
);

describe('metrics.schema.json', () => {
  it('accepts what the type Metrics allows, through JSON', () => {
    assert.ok(validate(JSON.parse(JSON.stringify(sampleMetrics))), JSON.stringify(validate.errors));
    const [arm] = sampleMetrics.arms;
    const bare = {
      ...sampleMetrics,
      verdict: { kind: 'no gain', arm: null, sentence: '' },
      arms: [{ ...arm, gain: { mean: 0, low: null, high: null, pHolm: null } }],
      training: null,
      detectableEffect: null,
      agreement: [{ criterion: 'Depth', alpha: null, low: null, high: null }],
    };
    assert.ok(validate(bare), JSON.stringify(validate.errors));
  });

  it('refuses a missing part, an unknown part, another version and a score beyond 1 to 5', () => {
    const { counts: _, ...withoutCounts } = sampleMetrics;
    const wrong = [
      withoutCounts,
      { ...sampleMetrics, extra: 1 },
      { ...sampleMetrics, version: 3 },
      { ...sampleMetrics, baseline: { meanScore: 6, scores: [] } },
      { ...sampleMetrics, verdict: { ...sampleMetrics.verdict, kind: 'great' } },
    ];
    for (const metrics of wrong) assert.equal(validate(metrics), false);
  });
});
