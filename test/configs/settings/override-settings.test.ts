import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { loadSettings } from '../../../configs/load.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('overrideSettings', () => {
  it('turns the use of kept answers off for every role, and leaves the rest of their requests', async () => {
    const [settings, plain] = [await loadSettings(root, { cache: false }), await loadSettings(root)];
    assert(settings.ok && plain.ok);
    const { basePrompt, promptVariation, mainModel, promptOptimization, validatorModel } = settings.value;
    for (const { request } of [
      basePrompt,
      promptVariation,
      mainModel,
      promptOptimization,
      ...validatorModel.validators,
    ]) {
      assert.equal(request.cache, false);
    }
    assert.deepEqual(mainModel.request, { ...plain.value.mainModel.request, cache: false });
  });
});
