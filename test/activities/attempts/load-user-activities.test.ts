import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { activities } from '../../../activities/index.ts';
import { loadActivities } from '../../../activities/attempts/load-user-activities.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { withTemporaryRoot } from '../store/temporary-root.ts';

const whole = `description: 'd', taskQueue: 'prose', output: { type: 'object' }, run: async () => ({})`;
const closed = `input: { type: 'object', additionalProperties: false }`;

/** Codes and files of the problems with a project that has these files in `activities/user/`. */
async function problemsOf(files: { readonly [name: string]: string }): Promise<readonly string[]> {
  return withTemporaryRoot(async (root) => {
    await mkdir(join(root, 'activities', 'user'), { recursive: true });
    for (const [name, source] of Object.entries(files))
      await writeFile(join(root, 'activities', 'user', name), source);
    const loaded = await loadActivities(root);
    return loaded.ok ? [] : loaded.problems.map(({ code, file, line }) => `${code} ${file}:${line}`);
  });
}

describe('loadActivities', () => {
  it("has PROSE's own activities where a project has none", () =>
    withTemporaryRoot(async (root) => {
      const loaded = await loadActivities(root);
      assert.deepEqual(loaded.ok && loaded.value, activities);
    }));

  it("adds the user's", async () => {
    const loaded = await loadActivities(join(packageRoot, 'test', 'fixtures', 'user-activities'));
    assert.deepEqual(loaded.ok && loaded.value.slice(activities.length).map(({ name }) => name), ['shout']);
  });

  it('finds them whatever the project says of modules, and passes over tests and texts', async () => {
    const source = `type Name = string; const name: Name = 'one'; export const one = { name, ${closed}, ${whole} };`;
    assert.deepEqual(await problemsOf({ 'one.ts': source, 'one.test.ts': '}', 'README.md': '}' }), []);
  });

  it('names the file and line that cannot be imported', async () => {
    assert.deepEqual(
      await problemsOf({ 'bad.ts': '\nexport const = 1;', 'thrower.ts': "throw new Error('no')" }),
      ['USER_ACTIVITY_BROKEN activities/user/bad.ts:2', 'USER_ACTIVITY_BROKEN activities/user/thrower.ts:1'],
    );
  });

  it('refuses files without an activity, and activities that are not whole', async () => {
    const cases = [
      [`export const x = 1;`, 'MISSING'],
      [`export const x = { name: 'a b', ${closed}, ${whole} };`, 'INVALID'],
      ...['pinRun', 'recallRun', 'readMemory', 'writeMemory'].map(
        (name) => [`export const x = { name: '${name}', ${closed}, ${whole} };`, 'INVALID'] as const,
      ),
      [`export const x = { name: 'open', input: { type: 'object' }, ${whole} };`, 'INVALID'],
      [
        `export const x = { name: 'odd', input: { type: 'object', additionalProperties: false, required: 3 }, ${whole} };`,
        'INVALID',
      ],
      [`export const x = { name: 'few', run: async () => ({}) };`, 'INVALID'],
    ] as const;
    for (const [source, code] of cases)
      assert.deepEqual(
        await problemsOf({ 'x.ts': source }),
        [`USER_ACTIVITY_${code} activities/user/x.ts:1`],
        source,
      );
  });

  it("refuses names that are taken, by PROSE or by another of the user's files", async () => {
    const source = (name: string): string => `export const x = { name: '${name}', ${closed}, ${whole} };`;
    assert.deepEqual(
      await problemsOf({ 'a.ts': source('sql'), 'b.ts': source('mine'), 'c.ts': source('mine') }),
      ['USER_ACTIVITY_CLASH activities/user/a.ts:1', 'USER_ACTIVITY_CLASH activities/user/c.ts:1'],
    );
  });
});
