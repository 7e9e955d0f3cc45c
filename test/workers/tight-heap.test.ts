import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const module = new URL('../../workers/tight-heap.ts', import.meta.url).href;
/** Most MiB of heap, nearly all of it old space, of a process that holds the last 50,000 of a million objects. */
const churn = `
const held = [];
let most = 0;
for (let each = 0; each < 1_000_000; each += 1) {
  held[each % 50_000] = { text: 'answer ' + each, tokens: [each, each + 1, each + 2, each + 3] };
  if (each % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapTotal);
}
console.log(Math.round(most / 2 ** 20));
`;

async function mostHeap(first: string): Promise<number> {
  const args = ['--max-semi-space-size=1', '--import', 'tsx', '--input-type=module', '--eval', first + churn];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  assert.equal(stderr, '');
  return Number(stdout);
}

describe('keepHeapTight', () => {
  it('takes at least a third off the heap of a process whose objects live a while', async () => {
    const usual = await mostHeap('');
    const tight = await mostHeap(`import { keepHeapTight } from '${module}'; keepHeapTight();`);
    assert.ok(tight < (2 / 3) * usual, `${tight} MiB against ${usual} MiB`);
  });
});
