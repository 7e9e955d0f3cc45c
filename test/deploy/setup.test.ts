import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../deploy/setup.mjs', import.meta.url));

describe('set-up', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'prose-setup-'));
    await mkdir(join(root, 'deploy'));
    await mkdir(join(root, 'bin'));
    await copyFile(script, join(root, 'deploy', 'setup.mjs'));
    await writeJson('package.json', { engines: { node: '>=20.0' } });
    await writeJson('package-lock.json', {
      packages: {
        '': {},
        'node_modules/undici': { version: '7.30.2' },
        'node_modules/only-on-windows': { version: '1.0.0', optional: true },
      },
    });
    await fakeNpm('echo "$@" >> npm-calls');
  });

  async function writeJson(path: string, value: unknown): Promise<void> {
    await writeFile(join(root, path), JSON.stringify(value));
  }
  async function fakeNpm(commands: string): Promise<void> {
    await writeFile(join(root, 'bin', 'npm'), `#!/bin/sh\n${commands}\n`);
    await chmod(join(root, 'bin', 'npm'), 0o755);
  }
  async function putInstalled(packages: object): Promise<void> {
    await mkdir(join(root, 'node_modules'), { recursive: true });
    await writeJson('node_modules/.package-lock.json', { packages });
  }
  function setUp(): { status: number | null; stdout: string; stderr: string } {
    const env = { PATH: `${join(root, 'bin')}:/usr/bin:/bin` };
    return spawnSync(process.execPath, [join(root, 'deploy', 'setup.mjs')], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
  }
  const npmCalls = (): Promise<string> => readFile(join(root, 'npm-calls'), 'utf8').catch(() => '');

  it('does and says nothing when the packages are those of the lock file', async () => {
    await putInstalled({ 'node_modules/undici': { version: '7.30.2' } });
    const { status, stdout, stderr } = setUp();
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
    assert.equal(await npmCalls(), '');
  });

  it('installs when there are none', async () => {
    assert.equal(setUp().status, 0);
    assert.equal(await npmCalls(), 'ci\n');
  });

  it('installs when one has another version', async () => {
    await putInstalled({ 'node_modules/undici': { version: '7.0.0' } });
    assert.match(setUp().stderr, /undici 7\.30\.2 is wanted/u);
    assert.equal(await npmCalls(), 'ci\n');
  });

  it('keeps standard output for what comes after it', async () => {
    await fakeNpm('echo chatter');
    const { stdout, stderr } = setUp();
    assert.equal(stdout, '');
    assert.match(stderr, /chatter/u);
  });

  it('fails when npm does', async () => {
    await fakeNpm('exit 5');
    assert.equal(setUp().status, 1);
  });

  it('refuses a Node that is too old', async () => {
    await writeJson('package.json', { engines: { node: '>=99.1' } });
    const { status, stderr } = setUp();
    assert.equal(status, 1);
    assert.match(stderr, /Node 99\.1 or newer/u);
  });

  it('takes over the lock of a process that is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await mkdir(join(root, '.prose'));
    await writeFile(join(root, '.prose', 'setup.lock'), String(pid));
    assert.equal(setUp().status, 0);
    assert.equal(await npmCalls(), 'ci\n');
  });
});
