import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describeInputs, leavesOf } from '../../../../../activities/stages/8-test/metrics/run-inputs.ts';
import type { RunInputs } from '../../../../../activities/report/metrics.ts';
import { runRecordFile } from '../../../../../activities/store/records/run-record.ts';
import { trainers } from '../../../../../activities/trainers/index.ts';
import { loadSettings } from '../../../../../configs/load.ts';
import { SecretKeeper } from '../../../../../definitions/documents/secret-keeper.ts';
import { sampleMetrics } from '../../../report/sample-metrics.ts';
import { withStore } from '../../../store/with-store.ts';

const root = new URL('../../../../..', import.meta.url).pathname;
const schemaUrl = new URL('../../../../../activities/report/metrics.schema.json', import.meta.url);
const key = `sk-${'x1'.repeat(12)}`;

describe('describeInputs', () => {
  it('tells the params, configs, texts and the prompts of each split, by its own run, with no secret', () =>
    withStore(async (store) => {
      const settings = await loadSettings(root, {}, trainers);
      assert.ok(settings.ok);
      const write = (run: string, split: 'train' | 'test', prompts: readonly string[]): Promise<unknown> => {
        return store.writeShard(
          { table: 'base_prompts', run, shard: split },
          split,
          prompts.map((base_prompt, base_prompt_idx) => ({
            base_prompt_idx,
            split,
            topic: 'a',
            base_prompt,
            model: '',
            seed: 0,
            source: 'model',
            fields: null,
          })),
        );
      };
      await write('one', 'train', ['x', 'y']);
      await write('one', 'test', ['z']);
      await write('two.round1', 'train', ['y', 'x']);
      await write('two.round1', 'test', ['other']);
      const params = { domain: 'travel', note: `uses ${key}`, word: 'known-secret-1' };
      for (const runId of ['one', 'two'])
        await store.writeFile(
          runRecordFile(runId),
          JSON.stringify({ runId, claim: '', params, definitionDigest: 'd' }),
        );
      const secrets = new SecretKeeper();
      secrets.keep('known-secret-1');
      const describe = (runId: string, round?: number): Promise<RunInputs> =>
        describeInputs({
          store,
          settings: settings.value,
          secrets,
          run: {
            runId,
            definition: 'd',
            settingsDigest: '',
            digest: '',
            seed: 0,
            ...(round !== undefined && { round }),
          },
        });
      const one = await describe('one');
      const two = await describe('two.round1', 1);
      assert.equal(one.definitionDigest, 'd');
      assert.equal(one.params['domain'], 'travel');
      assert.equal(
        one.configs['main_model_config: sampling.temperature'],
        settings.value.mainModel.sampling.temperature,
      );
      assert.equal(Object.keys(one.texts).length, 7);
      assert.doesNotMatch(JSON.stringify(one), /x1x1|known-secret/);
      assert.equal(one.prompts['train']?.count, 2);
      assert.deepEqual(two.params, one.params);
      assert.deepEqual(two.prompts['train'], one.prompts['train']);
      assert.notEqual(two.prompts['test']?.digest, one.prompts['test']?.digest);
      const validate = new Ajv2020({ allowUnionTypes: true }).compile(
        JSON.parse(readFileSync(schemaUrl, 'utf8')),
      );
      assert.ok(validate({ ...sampleMetrics, inputs: one }), JSON.stringify(validate.errors));
      const earlier = await describe('not-recorded');
      assert.deepEqual([earlier.definitionDigest, earlier.params, earlier.prompts], [null, {}, {}]);
    }));
});

describe('leavesOf', () => {
  it('names single values by their paths, empty lists and objects too', () =>
    assert.deepEqual(leavesOf({ a: [{ b: 1 }, []], c: {}, d: null, e: 'text', f: { g: false } }), {
      'a[0].b': 1,
      'a[1]': '[]',
      c: '{}',
      d: null,
      e: 'text',
      'f.g': false,
    }));
});
