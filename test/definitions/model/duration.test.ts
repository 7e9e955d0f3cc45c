import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { durationMs, WHOLE_DURATION } from '../../../definitions/model/duration.ts';

describe('durationMs', () => {
  it('reads every unit', () => {
    assert.deepEqual(
      ['500ms', '30s', '5m', '12h', '7d', '1.5s'].map(durationMs),
      [500, 30_000, 300_000, 43_200_000, 604_800_000, 1500],
    );
  });

  it('refuses what is no duration', () => {
    for (const text of ['', '5', 's', '-1s', '5 s', '5w', '1s2'])
      assert.throws(() => durationMs(text), RangeError);
  });

  it('is written in the schemas of definitions and configs as options take it', () => {
    for (const file of ['definitions/definition.schema.json', 'configs/schemas/role.schema.json']) {
      const schema: { readonly $defs: { readonly duration: { readonly pattern: string } } } = JSON.parse(
        readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'),
      );
      assert.equal(schema.$defs.duration.pattern, WHOLE_DURATION, file);
    }
  });
});
