import assert from 'node:assert/strict';
import type { Metrics } from '../../../../../activities/report/metrics.ts';
import { findWarnings } from '../../../../../activities/stages/8-test/metrics/report-warnings.ts';
import { loadSettings } from '../../../../../configs/load.ts';
import type { Settings, ValidatorConfig } from '../../../../../configs/settings/types.ts';
import { packageRoot } from '../../../../../workers/workflow-bundle.ts';
import { sampleMetrics } from '../../../report/sample-metrics.ts';
import { samplePeople } from '../../../report/sample-people.ts';

describe('findWarnings', () => {
  let settings: Settings;
  before(async () => {
    const loaded = await loadSettings(packageRoot);
    assert.ok(loaded.ok);
    settings = loaded.value;
  });

  const about = (pattern: RegExp, metrics: Metrics, given = settings): boolean =>
    findWarnings(metrics, given).some((warning) => pattern.test(warning));
  const withRanker = (changes: Partial<Metrics['arms'][number]>): Metrics => ({
    ...sampleMetrics,
    arms: sampleMetrics.arms.map((arm) => (arm.name === 'ranker' ? { ...arm, ...changes } : arm)),
  });
  const served = (main: string, families: readonly [string, string, string]): Settings => {
    const { mainModel, validatorModel } = settings;
    const serve = (validator: ValidatorConfig, index: number): ValidatorConfig => {
      const family = families[index] ?? '';
      const model = { ...validator.model, endpoints: ['http://127.0.0.1:8000/v1'], name: `${family}-7b` };
      return { ...validator, family, model };
    };
    return {
      ...settings,
      mainModel: { ...mainModel, model: { ...mainModel.model, name: main } },
      validatorModel: { ...validatorModel, validators: validatorModel.validators.map(serve) },
    };
  };

  it('says so when a gain may be spending, and not learning', () => {
    const unclear = withRanker({ overControl: { mean: 0.1, low: -0.1, high: 0.3 } });
    assert.ok(about(/^What learning adds is not proven: .*0\.10 .*-0\.10 to 0\.30/, unclear));
    assert.ok(!about(/learning adds|without learning/, sampleMetrics));
    assert.ok(about(/without learning gains was not tested/, withRanker({ overControl: null })));
  });

  it('says so when a validator does not bear the gain out', () => {
    const [ranker] = sampleMetrics.arms;
    const others = ranker!.validatorGains.filter(({ validator }) => validator !== 2);
    const doubting = { validator: 2, isReferee: false, gain: 0.1, low: -0.2, high: 0.4 };
    assert.ok(
      about(/Validator 2 does not clearly confirm/, withRanker({ validatorGains: [...others, doubting] })),
    );
    assert.ok(!about(/clearly confirm/, sampleMetrics));
  });

  it('says so when people do not bear the gain out', () => {
    const people = { ...samplePeople, corrected: { mean: 0.1, low: -0.2, high: 0.4 } };
    assert.ok(about(/^What people say does not confirm the gain/, { ...sampleMetrics, people }));
    assert.ok(!about(/What people say/, { ...sampleMetrics, people: samplePeople }));
    const preferred = {
      ...people,
      form: 'pairwise' as const,
      corrected: { mean: 0.6, low: 0.45, high: 0.7 },
    };
    assert.ok(about(/What people say/, { ...sampleMetrics, people: preferred }));
  });

  it('names a validator that is left out, and prompts that copy', () => {
    const [first, ...rest] = sampleMetrics.validators;
    const validators = [{ ...first!, excluded: 'it misjudged' }, ...rest];
    assert.ok(
      about(/validator 1 are left out of everything: it misjudged/, { ...sampleMetrics, validators }),
    );
    const leaks = { pairs: 0, copied: 3, prompts: 42 };
    assert.ok(about(/^3 of 42 optimized prompts copy eight words/, { ...sampleMetrics, leaks }));
    assert.ok(!about(/left out of everything|copy/, sampleMetrics));
  });

  it('warns of validators of one family, of the main model’s, and of the main model itself', () => {
    const warned = (main: string, families: readonly [string, string, string]): boolean =>
      about(/famil|very model/, sampleMetrics, served(main, families));
    assert.ok(warned('Qwen/Qwen3-8B', ['llama', 'qwen', 'mistral']));
    assert.ok(warned('Qwen/Qwen3-8B', ['llama', 'llama', 'mistral']));
    assert.ok(warned('llama-7b', ['llama', 'gemma', 'mistral']));
    assert.ok(!warned('Qwen/Qwen3-8B', ['llama', 'gemma', 'mistral']));
  });

  it('says how much is missing, and when the answers have only grown longer', () => {
    const counts = { ...sampleMetrics.counts, missingScores: 432 };
    assert.ok(about(/^10\.0% of the validators' score sheets/, { ...sampleMetrics, counts }));
    assert.ok(about(/'ranker' are 1\.8 times as long/, withRanker({ lengthRatio: 1.8 })));
  });
});
