import assert from 'node:assert/strict';
import { prefixOf, withPrefix } from '../../../definitions/model/task-queue-on-server.ts';

describe('the name of a task queue on a server', () => {
  it('is its own after the prefix, which is found again', () => {
    for (const prefix of ['', 'mine-', 'prose'])
      assert.equal(prefixOf(withPrefix(prefix, 'prose'), 'prose'), prefix);
  });

  it('has no prefix where it ends in another name', () => {
    assert.equal(prefixOf('mine-gpu', 'prose'), '');
  });
});
