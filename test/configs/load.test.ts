import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigCache, loadSettings } from '../../configs/load.ts';
import type { Settings } from '../../configs/settings/types.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

function modelsOf(
  settings: Settings,
): readonly { readonly endpoints: readonly string[]; readonly name: string }[] {
  const { basePrompt, promptVariation, mainModel, validatorModel, promptOptimization } = settings;
  return [basePrompt, promptVariation, mainModel, ...validatorModel.validators, promptOptimization].map(
    ({ model }) => model,
  );
}

/** A config pointed at a server instead of the embedded models. */
function real(config: string): string {
  return config.replaceAll('[embedded]', "['http://127.0.0.1:8000/v1']");
}

describe('loadSettings', () => {
  it('loads the configs and texts of the project without a warning', async () => {
    const checked = await loadSettings(project);
    assert.deepEqual(checked.ok ? checked.warnings : checked.problems, []);
    assert.ok(checked.ok);
    assert.deepEqual(
      checked.value.validatorModel.validators.map(({ validator }) => validator),
      [1, 2, 3],
    );
    assert.equal(Object.keys(checked.value.texts).length, 7);
    assert.ok('prose' in checked.value.queues);
  });

  it('parses again only what has changed, where it is given what it made before', async () => {
    const root = mkdtempSync(join(tmpdir(), 'prose-configs-'));
    for (const folder of ['configs', 'model_input'])
      cpSync(join(project, folder), join(root, folder), { recursive: true });
    const cache = new ConfigCache();
    const load = async (): Promise<Settings> => {
      const checked = await loadSettings(root, {}, [], cache);
      assert.ok(checked.ok);
      return checked.value;
    };
    const before = await load();
    assert.equal((await load()).queues, before.queues);
    const file = join(root, 'configs/queues.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('concurrency: 4', 'concurrency: 5'));
    const after = await load();
    assert.equal(after.queues['prose']?.concurrency, 5);
    assert.equal(before.queues['prose']?.concurrency, 4);
    assert.equal(after.fineTuning, before.fineTuning);
    rmSync(root, { recursive: true });
  });

  it('points every role at the endpoint and model of the overrides', async () => {
    const checked = await loadSettings(project, { endpoint: 'http://127.0.0.1:8000/v1', model: 'qwen' });
    assert.ok(checked.ok);
    const models = modelsOf(checked.value);
    assert.equal(models.length, 7);
    for (const model of models)
      assert.deepEqual([model.endpoints, model.name], [['http://127.0.0.1:8000/v1'], 'qwen']);
  });

  it('refuses wrong overrides', async () => {
    const checked = await loadSettings(project, { endpoint: 'https://me:secret@host/v1', model: ' ' });
    assert.ok(!checked.ok);
    assert.deepEqual(
      checked.problems.map(({ code }) => code),
      ['CREDENTIALS_IN_URL', 'BAD_MODEL_NAME'],
    );
    // Options have no lines of their own.
    for (const { line, column } of checked.problems) assert.deepEqual([line, column], [1, 1]);
    assert.ok(!JSON.stringify(checked.problems).includes('secret'));
  });

  it('reports the problems of all files at once, sorted', async () => {
    const checked = await loadSettings(tmpdir());
    assert.ok(!checked.ok);
    assert.equal(checked.problems.length, 14);
    assert.deepEqual(new Set(checked.problems.map(({ code }) => code)), new Set(['FILE_MISSING']));
  });

  it('warns of validators of one family, or of the main model’s', async () => {
    const root = mkdtempSync(join(tmpdir(), 'prose-configs-'));
    try {
      for (const folder of ['configs', 'model_input'])
        cpSync(join(project, folder), join(root, folder), { recursive: true });
      const edit = (file: string, change: (text: string) => string): void => {
        const path = join(root, 'configs', file);
        writeFileSync(path, change(readFileSync(path, 'utf8')));
      };
      edit('main_model_config.yaml', (text) => real(text).replace('simulated-main', 'Qwen/Qwen3-8B'));
      let count = 0;
      edit('validator_model_config.yaml', (text) =>
        real(text).replaceAll(
          /^( +family:) .*$/gm,
          (_, key: string) => `${key} ${['mistral', 'Mistral', 'qwen'][count++]}`,
        ),
      );
      const checked = await loadSettings(root);
      assert.ok(checked.ok);
      assert.deepEqual(
        checked.warnings.map(({ code, path }) => `${code} ${path}`),
        ['SAME_FAMILY validators[1].family', 'SAME_FAMILY validators[2].family'],
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
