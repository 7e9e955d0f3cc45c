import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { assertTrainable, preflightLines, usesRealModels } from '../../../cli/start/preflight.ts';
import { isEmbedded } from '../../../configs/settings/simulated.ts';
import { loadSettings } from '../../../configs/load.ts';
import type { Settings } from '../../../configs/settings/types.ts';

describe('before a run', () => {
  let settings: Settings;
  before(async () => {
    const loaded = await loadSettings(fileURLToPath(new URL('../../..', import.meta.url)));
    assert.ok(loaded.ok);
    settings = loaded.value;
  });

  it('tells for each role whether it is simulated', () => {
    const { mainModel, promptOptimization } = settings;
    const real = { ...mainModel, model: { ...mainModel.model, endpoints: ['http://gpu-1:8000/v1'] } };
    assert.equal(usesRealModels({ ...settings, mainModel: real }), true);
    assert.equal(isEmbedded(real), false);
    assert.equal(isEmbedded(promptOptimization), true);
  });

  it('says that it does not know what another definition buys', async () => {
    const lines = await preflightLines({ name: 'mine', tasks: {} }, {}, settings);
    assert.match(lines.at(-1) ?? '', /unknown/u);
  });

  it('counts more calls for more prompts', async () => {
    const definition = { name: 'prose', tasks: {} };
    const total = async (basePrompts: number): Promise<number> => {
      const lines = await preflightLines(definition, { basePrompts, variations: 4 }, settings);
      return Number(/in all +(\d+)/u.exec(lines.join('\n'))?.[1]);
    };
    assert.ok((await total(200)) > (await total(100)));
  });

  it('tells of the trial of the headroom before a run beside which it costs little, and what it costs', async () => {
    const linesOf = (basePrompts: number): Promise<string[]> =>
      preflightLines({ name: 'prose', tasks: {} }, { basePrompts, variations: 8 }, settings);
    assert.match((await linesOf(1000)).at(-1) ?? '', /headroom.* 544 calls/u);
    assert.doesNotMatch((await linesOf(60)).join('\n'), /headroom/u);
  });

  it('stops a run whose prompts cannot make a training set, and no other', async () => {
    const prose = { name: 'prose', tasks: {} };
    const params = { basePrompts: 60, variations: 4, minimumPairs: 10, seed: 1 };
    await assertTrainable(prose, params, settings);
    await assertTrainable({ ...prose, name: 'mine' }, {}, settings, ['a']);
    await assertTrainable(prose, params, settings, ['a', 'a', 'a', 'b', 'c', 'd']);
    const wrong = { code: 'WRONG_INPUT' };
    await assert.rejects(assertTrainable(prose, params, settings, ['a', 'b', 'c', 'd']), wrong);
    await assert.rejects(assertTrainable(prose, { ...params, minimumPairs: 1000 }, settings), wrong);
    await assertTrainable(prose, { ...params, minimumPairs: 5 }, settings, ['a', 'b', 'c', 'd']);
  });
});
