import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  writeDecision,
  writeEntry,
  type CacheDecision,
} from '../../../activities/attempts/task-cache/entries.ts';
import { putObject } from '../../../activities/store/records/objects.ts';
import { openBackend } from '../../../activities/store/open-backend.ts';
import { withTemporaryRoot } from '../../activities/store/temporary-root.ts';
import { captureCli } from '../captured-cli.ts';

/** A project in which `label` succeeded in run `first` and ran again in run `second`, at another temperature. */
async function withKept(work: (root: string) => Promise<void>): Promise<void> {
  await withTemporaryRoot(async (root) => {
    for (const folder of ['definitions', 'configs']) await mkdir(join(root, folder));
    const keyWith = async (temperature: number) => ({
      activity: 'generate',
      code: await putObject(openBackend(root), { 'activities/general/generate/generate.ts': '1' }),
      input: { text: 'label.txt' },
      files: {},
      settings: await putObject(openBackend(root), { mainModel: { sampling: { temperature } } }),
      seed: 1,
    });
    const key = await keyWith(0.5);
    await writeEntry(openBackend(root), 'k', {
      key,
      output: {},
      files: [],
      run: 'first',
      task: 'label',
      at: '2026-11-01T00:00:00.000Z',
    });
    const decision: CacheDecision = {
      run: 'second',
      task: 'each[0].label',
      activity: 'generate',
      at: '2026-11-02T00:00:00.000Z',
      outcome: 'miss',
      reason: 'No earlier success has the same key.',
      key: await keyWith(0.7),
    };
    await writeDecision(openBackend(root), decision);
    await work(root);
  });
}

describe('prose cache', () => {
  it('explain names what differs from the nearest earlier success', () =>
    withKept(async (cwd) => {
      const { stdout, exitCode } = await captureCli(['cache', 'explain', 'each[0].label'], { cwd });
      assert.equal(exitCode, 0);
      assert.match(stdout, /each\[0\]\.label \(generate\) of second ran again/);
      assert.match(stdout, /label of first/);
      assert.match(stdout, /main_model_config\.yaml: sampling\.temperature {2}0\.5 → 0\.7/);
      const json = await captureCli(['cache', 'explain', 'each[0].label', '--run', 'second', '--json'], {
        cwd,
      });
      const { nearest } = JSON.parse(json.stdout) as { nearest: { differences: unknown[] } };
      assert.equal(nearest.differences.length, 1);
    }));

  it('explain of a task that nothing is known of is wrong input, with the nearest name', () =>
    withKept(async (cwd) => {
      const { stderr, exitCode } = await captureCli(['cache', 'explain', 'each[0].labels'], { cwd });
      assert.equal(exitCode, 2);
      assert.match(stderr, /each\[0\]\.label\b/);
    }));

  it('clear forgets what is kept longer than it is told', () =>
    withKept(async (cwd) => {
      const young = await captureCli(['cache', 'clear', '--older-than', '9999999d', '--json'], { cwd });
      assert.deepEqual(JSON.parse(young.stdout), { cleared: 0 });
      const all = await captureCli(['cache', 'clear', '--json'], { cwd });
      assert.deepEqual(JSON.parse(all.stdout), { cleared: 1 });
      const none = await captureCli(['cache', 'explain', 'each[0].label'], { cwd });
      assert.match(none.stdout, /No other success of generate is kept/);
    }));

  it('clear refuses what is no duration', () =>
    withKept(async (cwd) => {
      const { exitCode } = await captureCli(['cache', 'clear', '--older-than', 'long'], { cwd });
      assert.equal(exitCode, 2);
    }));
});
