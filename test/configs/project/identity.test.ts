import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProject, projectFile } from '../../../configs/project/identity.ts';

describe('the identity of a project', () => {
  let folder: string;
  const at = async (name: string): Promise<string> => {
    const root = join(folder, name);
    await mkdir(root, { recursive: true });
    return root;
  };
  const copy = async (from: string, to: string): Promise<string> => {
    await cp(join(folder, from), join(folder, to), { recursive: true });
    return join(folder, to);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prose-identity-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made once, for any number of processes that ask at once, and leaves one file', async () => {
    const root = await at('My Prompts!');
    const ids = await Promise.all(Array.from({ length: 20 }, () => identifyProject(root)));
    assert.deepEqual([...new Set(ids)], [await identifyProject(root)]);
    assert.match(ids[0] ?? '', /^my-prompts-[0-9a-f]{12}$/);
    assert.deepEqual(await readdir(join(root, 'data')), ['project.json']);
  });

  it('differs between two folders of one name', async () => {
    assert.notEqual(await identifyProject(await at('a/p')), await identifyProject(await at('b/p')));
  });

  it('is the same through a link to the folder', async () => {
    const id = await identifyProject(await at('real'));
    await symlink(join(folder, 'real'), join(folder, 'linked'));
    assert.equal(await identifyProject(join(folder, 'linked')), id);
  });

  it('stays when the folder is moved', async () => {
    const id = await identifyProject(await at('here'));
    await rename(join(folder, 'here'), join(folder, 'there'));
    assert.equal(await identifyProject(join(folder, 'there')), id);
  });

  it('stays also when another project takes the place that it had', async () => {
    const id = await identifyProject(await at('here'));
    await rename(join(folder, 'here'), join(folder, 'there'));
    const other = await identifyProject(await at('here'));
    assert.equal(await identifyProject(join(folder, 'there')), id);
    assert.notEqual(other, id);
  });

  it('is another in a copy, for all that ask at once, which is said once and kept; the original keeps its own', async () => {
    const id = await identifyProject(await at('original'));
    const copied = await copy('original', 'copied');
    const said: string[] = [];
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => identifyProject(copied, (line) => said.push(line))),
    );
    assert.deepEqual([...new Set(ids)], [await identifyProject(copied)]);
    assert.notEqual(ids[0], id);
    assert.ok(said[0]?.includes(id) && said[0].includes(ids[0] ?? '?'), said[0]);
    assert.equal(await identifyProject(join(folder, 'original')), id);
    assert.equal(JSON.parse(await readFile(join(copied, projectFile), 'utf8')).copyOf, id);
  });

  it('tells a copy of a copy from both', async () => {
    await identifyProject(await at('one'));
    await identifyProject(await copy('one', 'two'));
    await identifyProject(await copy('two', 'three'));
    const ids = await Promise.all(['one', 'two', 'three'].map((name) => identifyProject(join(folder, name))));
    assert.equal(new Set(ids).size, 3);
  });

  it('becomes that of a clone of its own where only the code is copied', async () => {
    const id = await identifyProject(await at('original'));
    await copy('original', 'clone');
    await rm(join(folder, 'clone', 'data'), { recursive: true });
    assert.notEqual(await identifyProject(join(folder, 'clone')), id);
  });

  for (const content of ['', '{', '{"id":"../x","root":"/"}', '[]', '{"id":"a"}']) {
    it(`is not made up where the file holds ${JSON.stringify(content)}`, async () => {
      const root = await at('damaged');
      await mkdir(join(root, 'data'));
      await writeFile(join(root, projectFile), content);
      await assert.rejects(identifyProject(root), { code: 'BAD_PROJECT_FILE' });
    });
  }
});
