import assert from 'node:assert/strict';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  cachedTemporalPath,
  ensureTemporal,
  findTemporal,
  type TemporalMakers,
} from '../../../deploy/temporal/find.ts';
import { placeExecutable } from '../../../deploy/temporal/place-executable.ts';
import { TemporalNotFoundError } from '../../../deploy/temporal/temporal-not-found-error.ts';
import { fakeTemporalScript, temporaryFolder, writeExecutable } from './fake-temporal.ts';

const log = (): void => {};
const unreachable: TemporalMakers = {
  download: () => Promise.reject(new Error('no network')),
  build: () => Promise.reject(new Error('no Go')),
};

describe('finding the Temporal CLI', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder, 'bin'));
    env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, XDG_CACHE_HOME: join(folder, 'cache') };
  });

  const putCached = (version: string): Promise<string> =>
    writeExecutable(cachedTemporalPath({ env }), fakeTemporalScript(version));
  const putOnPath = (version: string, help?: string): Promise<string> =>
    writeExecutable(join(folder, 'bin', 'temporal'), fakeTemporalScript(version, help));

  it('takes what the environment names before anything else', async () => {
    const named = await writeExecutable(join(folder, 'mine'), fakeTemporalScript('9.0.0'));
    await putCached('8.0.0');
    const found = await ensureTemporal({ env: { ...env, TEMPORAL_CLI_PATH: named }, log }, unreachable);
    assert.deepEqual(found, { path: named, version: '9.0.0', source: 'environment' });
  });

  it('refuses a named executable that does not work instead of taking another', async () => {
    await putCached('8.0.0');
    await assert.rejects(
      ensureTemporal({ env: { ...env, PROSE_TEMPORAL_BINARY: join(folder, 'absent') }, log }, unreachable),
      (error) => error instanceof TemporalNotFoundError && error.message.includes('PROSE_TEMPORAL_BINARY'),
    );
  });

  it('says so where the cache cannot be written', async () => {
    await writeFile(join(folder, 'cache'), 'a file where the folder should be');
    await assert.rejects(
      ensureTemporal({ env, log }, unreachable),
      (error) => error instanceof TemporalNotFoundError && error.message.includes('XDG_CACHE_HOME'),
    );
  });

  it('takes the cache before PATH, and PATH before a download', async () => {
    const onPath = await putOnPath('7.0.0');
    assert.deepEqual(await ensureTemporal({ env, log }, unreachable), {
      path: onPath,
      version: '7.0.0',
      source: 'path',
    });
    await putCached('8.0.0');
    assert.equal((await ensureTemporal({ env, log }, unreachable)).source, 'cache');
  });

  it('passes over an executable without a development server', async () => {
    await putOnPath('0.1.0', 'no such command');
    const failed = await findTemporal({ env });
    assert.ok(Array.isArray(failed));
    assert.deepEqual(
      failed.map(({ way }) => way),
      ['in the cache', 'on PATH'],
    );
  });

  it('passes over a cached file that was cut off', async () => {
    await writeExecutable(cachedTemporalPath({ env }), '#!/bin/sh\nexit 1\n');
    await putOnPath('7.0.0');
    assert.equal((await ensureTemporal({ env, log }, unreachable)).source, 'path');
  });

  it('builds when there is no download', async () => {
    const makers: TemporalMakers = {
      ...unreachable,
      build: (path) =>
        placeExecutable(path, async (temporary) => {
          await writeExecutable(temporary, fakeTemporalScript('1.5.1'));
        }),
    };
    const found = await ensureTemporal({ env, log }, makers);
    assert.deepEqual(found, { path: cachedTemporalPath({ env }), version: '1.5.1', source: 'build' });
    assert.equal((await ensureTemporal({ env, log }, unreachable)).source, 'cache');
  });

  it('names every way tried when none works', async () => {
    await assert.rejects(ensureTemporal({ env, log }, unreachable), (error) => {
      assert.ok(error instanceof TemporalNotFoundError);
      assert.deepEqual(
        error.ways.map(({ way }) => way),
        ['in the cache', 'on PATH', 'download', 'build from source'],
      );
      assert.ok(error.ways.slice(1).every(({ remedy }) => remedy !== undefined));
      return true;
    });
  });

  it('makes it once for several that need it at once', async () => {
    let made = 0;
    const makers: TemporalMakers = {
      ...unreachable,
      download: (path) =>
        placeExecutable(path, async (temporary) => {
          made += 1;
          await writeExecutable(temporary, fakeTemporalScript('1.5.1'));
        }),
    };
    const found = await Promise.all([1, 2, 3].map(() => ensureTemporal({ env, log }, makers)));
    assert.equal(made, 1);
    assert.deepEqual(found.map(({ source }) => source).toSorted(), ['cache', 'cache', 'download']);
  });
});

describe('placing an executable', () => {
  it('leaves nothing behind when it does not work', async () => {
    const path = join(await temporaryFolder(), 'cache', 'temporal');
    await assert.rejects(
      placeExecutable(path, async (temporary) => {
        await writeExecutable(temporary, '#!/bin/sh\nexit 3\n');
      }),
    );
    await assert.rejects(access(path));
    assert.deepEqual(await readdir(dirname(path)), []);
  });
});
