import assert from 'node:assert/strict';
import { outputLines } from '../../../cli/follow/output-lines.ts';

describe('the outputs of a run', () => {
  it('are a line each, harmless and cut where they are long', () => {
    const outputs = { count: 3, said: 'a\u001B[2J\nb', all: Array.from({ length: 500 }, () => 7) };
    const [count, said, all, ...rest] = outputLines({ outputs });
    assert.deepEqual([count, said, rest], ['  count: 3', '  said: a\uFFFD[2J b', []]);
    assert.equal(all?.length, '  all: '.length + 100);
  });

  it('are none before it has succeeded', () => assert.deepEqual(outputLines({ outputs: null }), []));
});
