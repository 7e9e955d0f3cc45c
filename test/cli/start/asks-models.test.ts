import assert from 'node:assert/strict';
import { activities, activityCatalogue } from '../../../activities/index.ts';
import { asksModels } from '../../../cli/start/asks-models.ts';
import type { Tasks } from '../../../definitions/model/types.ts';

describe('whether a run asks models', () => {
  const catalogue = activityCatalogue(activities);
  const using = (activity: string): { readonly tasks: Tasks } => ({
    tasks: { g: { tasks: { a: { activity } } } },
  });

  it('is known from its activities, those in groups among them', () => {
    assert.equal(asksModels([using('noop')], catalogue), false);
    assert.equal(asksModels([using('generate')], catalogue), true);
    assert.equal(asksModels([using('someOwnActivity')], catalogue), true);
  });

  it('is known from the definitions that it runs as well', () => {
    assert.equal(asksModels([using('noop'), using('generate')], catalogue), true);
    assert.equal(asksModels([using('noop'), using('sleep')], catalogue), false);
  });
});
