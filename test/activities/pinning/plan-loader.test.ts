import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activityCatalogue } from '../../../activities/index.ts';
import { PlanLoader } from '../../../activities/pinning/plan-loader.ts';
import { loadPlan } from '../../../definitions/load.ts';

const context = { catalogue: activityCatalogue(), queues: ['prose'] };
const small = "name: small\ntasks: { one: { activity: sql, with: { query: 'select 1' } } }\n";
const calls = 'name: calls\ntasks: { one: { workflow: large } }\n';
const large = `name: large\ntasks:\n${Array.from(
  { length: 1_000 },
  (_, index) => `  t${index}: { activity: noop${index === 0 ? '' : `, needs: [t${index - 1}]`} }\n`,
).join('')}`;

describe('PlanLoader', function () {
  this.timeout(120_000);
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'prose-loader-'));
    await mkdir(join(root, 'definitions'));
    const texts = { small, calls, large, wrong: `${small.replace('small', 'wrong')}more: 1\n` };
    for (const [name, text] of Object.entries(texts))
      await writeFile(join(root, 'definitions', `${name}.yaml`), text);
  });
  after(() => rm(root, { recursive: true }));

  it('finds in its thread what is found in this one, of right definitions, wrong ones and none', async () => {
    const loader = new PlanLoader({ largeChars: 0 });
    for (const name of ['small', 'calls', 'wrong', 'small', 'absent'])
      assert.deepEqual(await loader.load({ root, name, context }), await loadPlan(root, name, context), name);
  });

  for (const name of ['large', 'calls'])
    it(`lets the event loop turn while it checks a thousand tasks, asked for by '${name}'`, async () => {
      let turns = 0;
      const turning = setInterval(() => (turns += 1), 1);
      const loaded = await new PlanLoader().load({ root, name, context });
      clearInterval(turning);
      assert.ok(loaded.ok);
      assert.ok(turns > 50, `${turns} turns`);
    });

  it('names the definition and the file whose check takes too long, and goes on with the next', async () => {
    const loader = new PlanLoader({ timeoutMs: 1 });
    await assert.rejects(loader.load({ root, name: 'calls', context }), (error: Error) => {
      assert.equal((error as { type?: unknown }).type, 'CHECK_TOO_SLOW');
      return error.message.includes("'calls'") && error.message.includes('definitions/large.yaml');
    });
    assert.ok((await loader.load({ root, name: 'small', context })).ok);
  });
});
