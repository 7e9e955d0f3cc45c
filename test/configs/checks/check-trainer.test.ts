import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { trainers } from '../../../activities/trainers/index.ts';
import { loadSettings } from '../../../configs/load.ts';
import type { SettingsOverrides } from '../../../configs/settings/types.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const real = { endpoint: 'http://127.0.0.1:8000/v1', model: 'm' };
const weights = { model_name_or_path: 'm', lora_r: 16 };

describe('the settings of a training of weights', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prose-trainer-'));
    for (const folder of ['configs', 'model_input'])
      cpSync(join(project, folder), join(root, folder), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function change(file: string, changes: { readonly [key: string]: unknown }): void {
    const path = join(root, 'configs', `${file}.yaml`);
    const document = parseDocument(readFileSync(path, 'utf8'));
    for (const [key, value] of Object.entries(changes)) document.set(key, document.createNode(value));
    writeFileSync(path, document.toString());
  }
  async function problems(overrides: SettingsOverrides = {}): Promise<string[]> {
    const loaded = await loadSettings(root, overrides, trainers);
    return loaded.ok ? [] : loaded.problems.map(({ file, path, code }) => `${file} ${path} ${code}`);
  }

  it('are taken where the models are real, for the rewriting model and for the main model', async () => {
    change('prompt_optimization_config', {
      trainer: 'dpo',
      dpo: { ...weights, loss_type: ['sigmoid', 'sft'], loss_weights: [1, 0.5] },
    });
    change('fine_tuning_config', { trainer: 'sft', sft: weights });
    assert.deepEqual(await problems(real), []);
  });

  it('are refused for simulated models, which have no weights', async () => {
    change('prompt_optimization_config', { trainer: 'dpo', dpo: weights });
    change('fine_tuning_config', { trainer: 'sft', sft: weights });
    assert.deepEqual(await problems(), [
      'configs/fine_tuning_config.yaml trainer NO_WEIGHTS_TO_TRAIN',
      'configs/prompt_optimization_config.yaml trainer NO_WEIGHTS_TO_TRAIN',
    ]);
  });

  it('are refused at their line where one is misspelt, missing, or does not fit another', async () => {
    change('prompt_optimization_config', { trainer: 'dpo', dpo: { ...weights, lerning_rate: 1e-4 } });
    change('fine_tuning_config', { trainer: 'sft' });
    assert.deepEqual(await problems(real), [
      'configs/fine_tuning_config.yaml  MISSING_KEY',
      'configs/prompt_optimization_config.yaml dpo.lerning_rate UNKNOWN_KEY',
    ]);
    change('prompt_optimization_config', { dpo: { ...weights, loss_type: ['sft'], loss_weights: [1, 2] } });
    change('fine_tuning_config', { sft: weights });
    assert.deepEqual(await problems(real), [
      'configs/prompt_optimization_config.yaml dpo.loss_weights LOSS_WEIGHTS',
    ]);
  });

  it('are for the main model those of trainers of weights alone', async () => {
    change('fine_tuning_config', { trainer: 'ranker' });
    assert.deepEqual(await problems(real), ['configs/fine_tuning_config.yaml trainer WRONG_VALUE']);
  });
});
