import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { followLocalLogs } from '../../../../../activities/store/backends/local/follow-logs.ts';
import { withTemporaryRoot } from '../../temporary-root.ts';

describe('followLocalLogs', () => {
  it('gives the whole lines of all others, each once, and never those of the one left out', () =>
    withTemporaryRoot(async (root) => {
      writeFileSync(join(root, 'own.jsonl'), 'mine\n');
      writeFileSync(join(root, 'other.jsonl'), 'one\ntwo\nbegun');
      writeFileSync(join(root, '.hidden'), 'hidden\n');
      const logs = followLocalLogs(root, 'own.jsonl');
      assert.deepEqual(logs.lines(), ['one', 'two']);
      assert.deepEqual(logs.lines(), []);
      appendFileSync(join(root, 'other.jsonl'), ' and ended\n');
      appendFileSync(join(root, 'own.jsonl'), 'mine again\n');
      assert.deepEqual(logs.lines(), ['begun and ended']);
    }));

  it('gives those of all where none is left out, and none of a folder that is not there', () =>
    withTemporaryRoot(async (root) => {
      writeFileSync(join(root, 'a.jsonl'), 'one\n');
      assert.deepEqual(followLocalLogs(root).lines(), ['one']);
      assert.deepEqual(followLocalLogs(join(root, 'absent')).lines(), []);
    }));
});
