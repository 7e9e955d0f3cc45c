import assert from 'node:assert/strict';
import { ServedModel } from '../../../../activities/inference/servers/served-model.ts';
import type { Dialect } from '../../../../activities/inference/wire/dialect.ts';

describe('what is known of a served model', () => {
  it('lets the first call of a kind go ahead, and the others when it is answered', async () => {
    const model = new ServedModel();
    assert.equal(model.enter('plain'), undefined);
    assert.equal(model.enter('another kind'), undefined);
    const waiting = [model.enter('plain'), model.enter('plain')];
    assert.ok(waiting.every((one) => one instanceof Promise));
    model.prolong('plain');
    model.leave('plain');
    await Promise.all(waiting);
    assert.equal(model.enter('plain'), undefined);
    assert.ok(model.enter('another kind') instanceof Promise);
    model.leave('another kind');
    model.leave('another kind');
    model.leave('never begun');
    assert.equal(model.enter('another kind'), undefined);
  });

  it('does not keep them waiting for a first call without an end', async () => {
    const model = new ServedModel();
    assert.equal(model.enter('plain'), undefined);
    await model.enter('plain');
    assert.equal(model.enter('plain'), undefined);
  });

  it('keeps what has worked, and tells what of it is new', () => {
    const model = new ServedModel();
    const renamed: Dialect = new Map([['max_tokens', 'max_completion_tokens']]);
    const without: Dialect = new Map([
      ['max_tokens', null],
      ['seed', null],
    ]);
    assert.deepEqual(model.learn(renamed), ['max_tokens']);
    assert.deepEqual(model.learn(renamed), []);
    assert.deepEqual(model.learn(without), ['max_tokens', 'seed']);
    assert.deepEqual(model.dialect, without);
    assert.deepEqual(new ServedModel().learn(new Map()), []);
  });
});
