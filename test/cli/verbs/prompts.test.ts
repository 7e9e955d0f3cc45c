import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStore } from '../../../activities/store/create-store.ts';
import { readChampion, writeModelVersion } from '../../../activities/store/model-registry.ts';
import { versionOfTemplates } from '../../../activities/trainers/template/template.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { captureCli, type Captured } from '../captured-cli.ts';

const role = 'prompt_optimization';

describe('prose prompts', () => {
  let root: string;

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-prompts-')));
    for (const folder of ['definitions', 'configs'])
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
    const store = await createStore({ root });
    const origin = { role, trainer: 'template', run: 'tickets', seed: 0, parents: [] } as const;
    const settingsDigest = await store.putObject({
      texts: { main_model_input: '=== user ===\n{{prompt}}' },
      mainModel: { model: { name: 'clerk' } },
    });
    const found = { 'template-1': 0.5, 'template-2': 0.8, 'template-3': -0.1 };
    for (const [version, strength] of Object.entries(found))
      await writeModelVersion(
        store,
        { ...origin, version, settingsDigest, data: { prompt_templates: version }, simulated: true },
        versionOfTemplates([{ template: `Of which kind?\n{{input}}\n${version}`, strength }]),
      );
    const forAll = { ...origin, version: 'template-all', settingsDigest, data: { pairs: 'x' } };
    await writeModelVersion(store, { ...forAll, simulated: true }, {});
    await store.close();
  });
  after(() => rm(root, { recursive: true, force: true }));

  const prose = (...args: string[]): Promise<Captured> => captureCli(args, { cwd: root });
  const listed = async (): Promise<[string, string[]][]> => {
    const { stdout } = await prose('prompts', 'list', '--json');
    const versions = JSON.parse(stdout) as { version: string; championOf: string[] }[];
    return versions.map(({ version, championOf }) => [version, championOf]);
  };

  it('promotes a template for its task alone, and goes back', async () => {
    assert.equal((await prose('prompts', 'promote', 'tickets', 'template-1')).exitCode, 0);
    assert.equal((await prose('prompts', 'promote', 'mails', 'template-1')).exitCode, 0);
    const { stdout, stderr } = await prose('prompts', 'promote', 'tickets', 'template-2', '--json');
    assert.match(stderr, /simulated/u);
    assert.equal(JSON.parse(stdout).previous, 'template-1');
    assert.deepEqual(await listed(), [
      ['template-1', ['mails']],
      ['template-2', ['tickets']],
      ['template-3', []],
    ]);
    assert.equal((await prose('prompts', 'rollback', 'mails')).exitCode, 2);
    assert.equal((await prose('prompts', 'rollback', 'tickets')).exitCode, 0);
    assert.deepEqual((await listed())[0], ['template-1', ['mails', 'tickets']]);
  });

  it('makes no template of one task the champion of all prompts, nor the other way round', async () => {
    const { exitCode, stderr } = await prose('models', 'promote', role, 'template-1');
    assert.equal(exitCode, 2);
    assert.match(stderr, /prose prompts promote/u);
    assert.equal((await prose('prompts', 'promote', 'tickets', 'template-all')).exitCode, 2);
    const store = await createStore({ root });
    assert.equal(await readChampion(store, role), undefined);
    await store.close();
  });

  it('refuses what no search found, and names that are none', async () => {
    for (const args of [
      ['promote', 'tickets', 'template-3'],
      ['promote', 'template-1', 'template-2'],
      ['promote', '../tickets', 'template-1'],
      ['promote', 'tickets', 'template-9'],
      ['rollback', 'nothing'],
      ['show', 'template-3'],
      ['export', 'template-1', '--as', 'poem'],
    ])
      assert.equal((await prose('prompts', ...args)).exitCode, 2, args.join(' '));
  });

  it('shows and compares templates by version or task', async () => {
    await prose('prompts', 'promote', 'orders', 'template-2');
    assert.equal(
      (await prose('prompts', 'show', 'orders')).stdout,
      'Of which kind?\n{{input}}\ntemplate-2\n',
    );
    const shown = JSON.parse((await prose('prompts', 'show', 'orders', '--json')).stdout);
    assert.equal(shown.promotions.orders.length, 1);
    assert.match(
      (await prose('prompts', 'diff', 'template-1', 'orders')).stdout,
      /^-template-1\n\+template-2$/mu,
    );
    assert.match((await prose('prompts', 'diff', 'template-2', 'orders')).stdout, /the same/u);
  });

  it('exports to a file', async () => {
    await prose('prompts', 'export', 'template-1', '--as', 'messages', '--out', 'messages.json');
    assert.deepEqual(JSON.parse(await readFile(join(root, 'messages.json'), 'utf8')), [
      { role: 'user', content: 'Of which kind?\n{{input}}\ntemplate-1' },
    ]);
    const { exitCode, stdout, stderr } = await prose('prompts', 'export', 'template-1', '--as', 'promptfoo');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^tests: \[\]$/mu);
  });
});
