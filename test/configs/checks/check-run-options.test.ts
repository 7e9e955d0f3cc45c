import assert from 'node:assert/strict';
import { checkRunOptions } from '../../../configs/checks/check-run-options.ts';

const codesOf = (options: unknown): string[] =>
  checkRunOptions(options).map(({ path, code }) => `${path} ${code}`);

describe('checkRunOptions', () => {
  it('lets through what a run knows, also what runs hand to those that they run', () => {
    const all = { endpoint: 'http://127.0.0.1/v1', model: 'm', cache: false, resume: true, task: 'a' };
    assert.deepEqual(codesOf({}), []);
    assert.deepEqual(codesOf({ ...all, budget: { run: 'above', calls: 1 } }), []);
  });

  it('refuses what is misspelt, of a wrong kind, or no object at all', () => {
    assert.deepEqual(codesOf({ endpont: 'x', cache: 'no', budget: 'x', task: null }), [
      'endpont UNKNOWN_OPTION',
      'cache WRONG_OPTION',
      'budget WRONG_OPTION',
      'task WRONG_OPTION',
    ]);
    for (const options of [[1], 'x', 7, null]) assert.deepEqual(codesOf(options), [' WRONG_OPTION']);
    assert.match(checkRunOptions({ endpont: 'x' })[0]?.advice ?? '', /endpoint/u);
  });
});
