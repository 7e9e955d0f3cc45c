import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { cp, mkdir, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort, isListening } from '../../../deploy/stack/ports.ts';
import { readQueueNames } from '../../../deploy/stack/queue-names.ts';
import { digestSource } from '../../../deploy/stack/source-digest.ts';
import { StackError } from '../../../deploy/stack/stack-error.ts';
import { identifyProject } from '../../../configs/project/identity.ts';
import {
  readStackState,
  setCopyAside,
  stackDirectory,
  writeStackState,
} from '../../../deploy/stack/stack-state.ts';
import { stackStatus } from '../../../deploy/stack/stack-status.ts';
import { stopStack } from '../../../deploy/stack/stop-stack.ts';
import { isAlive } from '../../../deploy/stack/process-identity.ts';
import { findJsonLine, spawnPart, waitForPart } from '../../../deploy/stack/spawn-part.ts';
import { startChild, killChild, temporaryFolder } from './child-process.ts';

describe('stack state', () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });

  it('is empty before anything was started', async () => {
    assert.deepEqual(await readStackState(root), {});
    assert.ok((await stackStatus(root)).every(({ health }) => health === 'stopped'));
  });

  it('comes back as it was written, and leaves no other file', async () => {
    const part = {
      process: { pid: 1, started: 'then' },
      startedAt: '2026-01-01T00:00:00.000Z',
      logFile: '/log',
      digest: 'd',
      address: '127.0.0.1:7233',
    };
    await writeStackState(root, 'mine', { temporal: part });
    assert.deepEqual(await readStackState(root), { temporal: part });
    assert.deepEqual(await readdir(stackDirectory(root)), ['stack.json']);
  });

  for (const content of [
    '{',
    '[]',
    '{"version":2,"parts":{}}',
    '{"version":1,"parts":{"worker":{"process":{"pid":"x"}}}}',
  ]) {
    it(`refuses a state file with ${content}`, async () => {
      await mkdir(stackDirectory(root));
      await writeFile(join(stackDirectory(root), 'stack.json'), content);
      await assert.rejects(
        readStackState(root),
        (error) => error instanceof StackError && error.code === 'BAD_STATE',
      );
    });
  }

  it('lets `stopStack` end the processes it names and no others', async () => {
    const [ours, theirs] = await Promise.all([startChild(), startChild()]);
    const part = { startedAt: '', logFile: '/log', digest: '' };
    await writeStackState(root, 'mine', {
      worker: { ...part, process: ours.identity },
      models: { ...part, process: { ...theirs.identity, started: 'an earlier process' } },
    });
    try {
      assert.deepEqual(await stopStack(root), ['worker']);
      assert.equal(isAlive(ours.identity), false);
      assert.equal(isAlive(theirs.identity), true);
      assert.deepEqual(await stopStack(root), []);
    } finally {
      await killChild(theirs);
    }
  });
});

describe('the state of a stack in a folder that was copied', () => {
  let root: string;
  let copied: string;
  const part = {
    startedAt: '',
    logFile: '/log',
    digest: '',
    ready: true,
    address: '127.0.0.1:7233',
  } as const;
  let ours: Awaited<ReturnType<typeof startChild>>;
  beforeEach(async () => {
    root = await temporaryFolder();
    copied = `${root}-copied`;
    ours = await startChild();
    await writeStackState(root, await identifyProject(root), { worker: { ...part, process: ours.identity } });
    await writeFile(join(stackDirectory(root), 'temporal.db'), 'runs of the original');
  });
  afterEach(() => killChild(ours));

  it("names none of the original's processes, so that none of them is used or ended", async () => {
    await cp(root, copied, { recursive: true });
    assert.deepEqual(await readStackState(copied), {});
    assert.deepEqual(await stopStack(copied), []);
    assert.equal(isAlive(ours.identity), true);
    assert.deepEqual(Object.keys(await readStackState(root)), ['worker']);
  });

  it("is set aside with the original's runs, once, also after the copy has an identity of its own", async () => {
    await cp(root, copied, { recursive: true });
    await identifyProject(copied);
    const aside = await setCopyAside(copied);
    assert.ok(aside !== undefined);
    assert.deepEqual((await readdir(join(copied, aside))).toSorted(), ['stack.json', 'temporal.db']);
    assert.equal(await setCopyAside(copied), undefined);
    assert.equal(await setCopyAside(root), undefined);
  });

  it('stays what it is in a folder that was moved', async () => {
    await rename(root, copied);
    assert.deepEqual(Object.keys(await readStackState(copied)), ['worker']);
    assert.equal(await setCopyAside(copied), undefined);
  });

  it('stays what it is when the data are removed', async () => {
    await rename(join(root, 'data'), join(root, 'old-data'));
    assert.deepEqual(Object.keys(await readStackState(root)), ['worker']);
  });
});

describe('starting a part', () => {
  it('finds its line of JSON among others', async () => {
    const logFile = join(await temporaryFolder(), 'logs', 'part.log');
    const script = `console.log('warming up'); console.log('{"other":1}'); console.log('{"ready":true}'); setInterval(() => {}, 1000)`;
    const identity = await spawnPart(partCommand(script, logFile));
    try {
      const line = await waitForPart('worker', identity, logFile, 10_000, () =>
        findJsonLine(logFile, 'ready'),
      );
      assert.deepEqual(line, { ready: true });
    } finally {
      process.kill(identity.pid, 'SIGKILL');
    }
  });

  it('tells the end of its log when it ends early', async () => {
    const logFile = join(await temporaryFolder(), 'part.log');
    const identity = await spawnPart(
      partCommand(`setTimeout(() => { throw new Error('no models') }, 50)`, logFile),
    );
    await assert.rejects(
      waitForPart('models', identity, logFile, 10_000, () => Promise.resolve(undefined)),
      (error) =>
        error instanceof StackError && error.code === 'PART_DIED' && error.message.includes('no models'),
    );
  });

  it('does not take for ready what answers in place of a process that has ended', async () => {
    const logFile = join(await temporaryFolder(), 'part.log');
    const identity = await spawnPart(partCommand('', logFile));
    while (isAlive(identity)) await new Promise((resolve) => setTimeout(resolve, 5));
    await assert.rejects(
      waitForPart('temporal', identity, logFile, 10_000, () => Promise.resolve(true)),
      { code: 'PART_DIED' },
    );
  });

  it('says that it cannot be started', async () => {
    const logFile = join(await temporaryFolder(), 'part.log');
    await assert.rejects(
      spawnPart({ ...partCommand('', logFile), command: '/nowhere/temporal' }),
      (error) => error instanceof StackError && error.code === 'PART_DIED',
    );
  });

  it('keeps the log before', async () => {
    const folder = await temporaryFolder();
    const logFile = join(folder, 'part.log');
    await writeFile(logFile, 'of the one before');
    const identity = await spawnPart(partCommand('setTimeout(() => {}, 20)', logFile));
    await assert.rejects(waitForPart('worker', identity, logFile, 10_000, () => Promise.resolve(undefined)));
    assert.deepEqual((await readdir(folder)).toSorted(), ['part.log', 'part.log.previous']);
  });
});

describe('ports', () => {
  it('passes over one that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    try {
      assert.equal(await isListening('127.0.0.1', address.port), true);
      const free = await findFreePort(address.port);
      assert.ok(free > address.port);
      assert.ok((await findFreePort(free, [free])) > free);
    } finally {
      server.close();
    }
  });
});

describe('source digest', () => {
  it('changes with the code, not with anything else', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'workers'));
    const code = join(root, 'workers', 'main.ts');
    await writeFile(code, 'export {};');
    const before = await digestSource(root);
    await writeFile(join(root, 'workers', 'notes.txt'), 'x');
    assert.equal(await digestSource(root), before);
    await utimes(code, new Date(0), new Date(0));
    assert.notEqual(await digestSource(root), before);
  });
});

describe('queue names', () => {
  it('are the keys of configs/queues.yaml', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'configs'));
    await writeFile(join(root, 'configs', 'queues.yaml'), 'prose: { concurrency: 2 }\ngpu-main: {}\n');
    assert.deepEqual(await readQueueNames(root), ['prose', 'gpu-main']);
  });
});

function partCommand(script: string, logFile: string): Parameters<typeof spawnPart>[0] {
  return { name: 'worker', command: process.execPath, args: ['-e', script], cwd: '/', env: {}, logFile };
}
