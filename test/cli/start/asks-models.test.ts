import assert from 'node:assert/strict';
import { activities, activityCatalogue } from '../../../activities/index.ts';
import { mayAsk } from '../../../cli/start/asks-models.ts';

describe('whether a definition asks models', () => {
  const catalogue = activityCatalogue(activities);
  const may = (activity: string, called = new Set<string>()): boolean =>
    mayAsk({ tasks: { g: { tasks: { a: { activity } } }, w: { workflow: 'other' } } }, catalogue, called);

  it('is known from its activities, those in groups among them', () => {
    assert.equal(may('noop'), false);
    assert.equal(may('generate'), true);
    assert.equal(may('someOwnActivity'), true);
  });

  it('leaves open what the definitions do that it runs', () => {
    const called = new Set<string>();
    may('noop', called);
    assert.deepEqual([...called], ['other']);
  });
});
