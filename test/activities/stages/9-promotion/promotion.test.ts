import assert from 'node:assert/strict';
import { readOpponent } from '../../../../activities/claims/opponent.ts';
import { promoteModel } from '../../../../activities/stages/9-promotion/promotion.ts';
import { readChampion, writeModelVersion } from '../../../../activities/store/model-registry.ts';
import type { Store } from '../../../../activities/store/store.ts';
import { withContext } from '../../general/general-context.ts';

const role = 'prompt_optimization';

async function write(store: Store, version: string, simulated: boolean): Promise<void> {
  const origin = { trainer: 'ranker', run: 'run', settingsDigest: '', seed: 0, parents: [], data: {} };
  await writeModelVersion(store, { role, version, ...origin, simulated }, {});
}

describe('promoteModel', () => {
  it('promotes the winner of a test, and says whom it replaces', () =>
    withContext(async (context) => {
      await write(context.store, 'first', false);
      await write(context.store, 'second', false);
      const input = { role, run: 'run' } as const;
      const first = await promoteModel.run({ ...input, version: 'first', over: '' }, context);
      assert.deepEqual([first.promoted, first.previous], [true, '']);
      const second = await promoteModel.run({ ...input, version: 'second', over: 'first' }, context);
      assert.deepEqual([second.promoted, second.previous], [true, 'first']);
      assert.deepEqual(
        await promoteModel.run({ ...input, version: 'second', over: 'first' }, context),
        second,
      );
    }));

  it('leaves a champion that the version was not tested against', () =>
    withContext(async (context) => {
      for (const version of ['first', 'second', 'third']) await write(context.store, version, false);
      await promoteModel.run({ role, run: 'run', version: 'first' }, context);
      await promoteModel.run({ role, run: 'run', version: 'second' }, context);
      const late = await promoteModel.run({ role, run: 'run', version: 'third', over: 'first' }, context);
      assert.equal(late.promoted, false);
      assert.match(late.reason, /second/);
      const untouchedOnly = await promoteModel.run({ role, run: 'run', version: 'third', over: '' }, context);
      assert.equal(untouchedOnly.promoted, false);
      assert.match(untouchedOnly.reason, /second is the champion, which third was not tested against/);
      assert.equal((await readChampion(context.store, role))?.version, 'second');
    }));

  it('replaces a champion of a format that is no longer read, which nothing can be tested against', () =>
    withContext(async (context) => {
      const { store } = context;
      const origin = { trainer: 'ranker', run: 'run', settingsDigest: '', seed: 0, parents: [], data: {} };
      const model = JSON.stringify({ format: 'prose-ranker', version: 2 });
      await writeModelVersion(
        store,
        { role, version: 'old', ...origin, simulated: false },
        { 'model.json': model },
      );
      await write(store, 'new', false);
      await promoteModel.run({ role, run: 'run', version: 'old' }, context);
      assert.equal(await readOpponent(context), '');
      const { promoted } = await promoteModel.run({ role, run: 'run', version: 'new', over: '' }, context);
      assert.ok(promoted);
    }));

  it('never puts what knows simulated models only in the place of what knows a real one', () =>
    withContext(async (context) => {
      await write(context.store, 'real', false);
      await write(context.store, 'toy', true);
      await promoteModel.run({ role, run: 'run', version: 'toy' }, context);
      // The other way round it needs no test against it: what it knows is worth nothing to a real model.
      const real = await promoteModel.run({ role, run: 'run', version: 'real', over: '' }, context);
      assert.deepEqual([real.promoted, real.previous], [true, 'toy']);
      const refused = await promoteModel.run({ role, run: 'run', version: 'toy' }, context);
      assert.deepEqual([refused.promoted, refused.version], [false, 'real']);
    }));
});
