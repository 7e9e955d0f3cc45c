import assert from 'node:assert/strict';
import { endProcess } from '../../../deploy/stack/end-process.ts';
import { identifyProcess, isAlive, signalProcess } from '../../../deploy/stack/process-identity.ts';
import { killChild, startChild, type Child } from './child-process.ts';

describe('process identity', () => {
  let child: Child;
  beforeEach(async () => {
    child = await startChild();
  });
  afterEach(() => killChild(child));

  it('is the same for the same process', () => {
    assert.deepEqual(identifyProcess(child.identity.pid), child.identity);
    assert.equal(isAlive(child.identity), true);
  });

  it('ends with the process', async () => {
    await killChild(child);
    assert.equal(isAlive(child.identity), false);
    assert.equal(identifyProcess(child.identity.pid), undefined);
  });

  it('is another for another process with the same pid, which is never signalled', async () => {
    const reused = { ...child.identity, started: 'an earlier process' };
    assert.equal(isAlive(reused), false);
    assert.equal(signalProcess(reused, 'SIGKILL'), false);
    assert.equal(await endProcess(reused, 0), false);
    assert.equal(isAlive(child.identity), true);
  });
});

describe('ending a process', () => {
  it('lets it end by itself on SIGTERM', async () => {
    const child = await startChild(
      'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000)',
    );
    assert.equal(await endProcess(child.identity, 10_000), true);
    assert.equal(child.process.exitCode, 7);
  });

  it('kills one that does not', async () => {
    const child = await startChild('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
    assert.equal(await endProcess(child.identity, 100), true);
    assert.equal(isAlive(child.identity), false);
    assert.equal(child.process.signalCode ?? 'SIGKILL', 'SIGKILL');
  });
});
