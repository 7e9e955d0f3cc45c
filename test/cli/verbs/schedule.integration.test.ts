import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { startTemporal } from '../../support/temporal.ts';
import { captureCli, type Captured } from '../captured-cli.ts';

describe('prose schedule', function () {
  this.timeout(180_000);
  let root: string;
  let env: NodeJS.ProcessEnv;
  const id = 'nightly-smoke';

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-schedule-')));
    for (const folder of ['definitions', 'configs', 'model_input'])
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
    env = { TEMPORAL_ADDRESS: (await startTemporal()).address };
  });
  after(() => rm(root, { recursive: true, force: true }));

  const prose = (...args: string[]): Promise<Captured> =>
    captureCli(['schedule', ...args], { cwd: root, env });
  async function describeSchedule(): Promise<{ readonly [key: string]: unknown }> {
    const { exitCode, stdout, stderr } = await prose('describe', id, '--json');
    assert.equal(exitCode, 0, stderr);
    return JSON.parse(stdout) as { readonly [key: string]: unknown };
  }

  it('creates one by the times and params of the command line, over those of the definition', async () => {
    await appendFile(
      join(root, 'definitions', 'smoke.yaml'),
      "\nschedule: { cron: '0 3 * * *', timeZone: Europe/Berlin, overlap: bufferOne, params: { basePrompts: 10 } }\n",
    );
    const created = await prose('create', 'smoke', '--id', id, '--paused', '--json');
    assert.equal(created.exitCode, 0, created.stderr);
    assert.equal((JSON.parse(created.stdout) as { created: boolean }).created, true);
    const own = await describeSchedule();
    assert.equal(own['times'], '0 3 * * * (Europe/Berlin)');
    assert.equal(own['overlap'], 'bufferOne');
    assert.equal(own['state'], 'paused');
    assert.equal((own['params'] as { basePrompts: number }).basePrompts, 10);
  });

  it('says that times without a time zone are in UTC', async () => {
    const created = await prose('create', 'prose', '--id', 'in-utc', '--cron', '0 3 * * *', '--paused');
    assert.match(created.stdout, /0 3 \* \* \* \(UTC\)/u);
    assert.equal((await prose('delete', 'in-utc')).exitCode, 0);
  });

  it('changes one only when told to, and leaves it paused', async () => {
    const args = [
      'create',
      'smoke',
      '--id',
      id,
      '--every',
      '6h',
      '--overlap',
      'skip',
      '-p',
      'basePrompts=12',
    ];
    assert.equal((await prose(...args)).exitCode, 2);
    assert.equal((await prose(...args, '--update')).exitCode, 0);
    const changed = await describeSchedule();
    assert.equal(changed['times'], 'every 6h 00m');
    assert.equal(changed['overlap'], 'skip');
    assert.equal(changed['state'], 'paused');
    assert.equal((changed['params'] as { basePrompts: number }).basePrompts, 12);
  });

  it('triggers by the overlap policy, resumes, pauses, and deletes it', async () => {
    for (const verb of ['trigger', 'resume', 'pause']) {
      const { exitCode, stderr } = await prose(verb, id);
      assert.equal(exitCode, 0, stderr);
    }
    // Nobody works on it, so the first run still runs when the second is asked for.
    assert.equal((await prose('trigger', id)).exitCode, 0);
    const described = await until(describeSchedule, ({ skipped }) => skipped === 1);
    assert.equal(described['state'], 'paused');
    assert.equal(described['started'], 1);
    const [running] = described['running'] as string[];
    assert.ok(running?.startsWith(`${id}-20`), running);
    assert.deepEqual(described['recent'], [{ run: running, state: 'running' }]);
    const cancel = (): Promise<Captured> => captureCli(['cancel', running ?? ''], { cwd: root, env });
    const asked = await cancel();
    assert.equal(asked.exitCode, 0, asked.stderr);
    // Without a worker nobody follows the request.
    const connection = await Connection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
    await new Client({ connection }).workflow.getHandle(running ?? '').terminate();
    await connection.close();
    const { stdout } = await prose('describe', id);
    assert.match(stdout, new RegExp(`recent +${running} \\(terminated\\)`));
    const late = await cancel();
    assert.equal(late.exitCode, 2);
    assert.match(late.stderr, /has ended already, as terminated at 20/);
    assert.equal((await prose('delete', id)).exitCode, 0);
    assert.equal((await prose('describe', id)).exitCode, 2);
  });

  it('refuses wrong times and params before anything is created', async () => {
    for (const args of [
      ['prose'],
      ['prose', '--cron', '0 25 * * *'],
      ['prose', '--every', 'now'],
      ['prose', '--every', '1h', '--time-zone', 'Europe/Berlin'],
      ['prose', '--every', '1h', '-p', 'basePrompts=1'],
      ['prose', '--every', '1h', '--overlap', 'sometimes'],
    ]) {
      const { exitCode, stdout } = await prose('create', ...args);
      assert.equal(exitCode, 2, `${args.join(' ')}: ${stdout}`);
    }
    assert.equal((await prose('describe', 'prose')).exitCode, 2);
  });
});

async function until<T>(look: () => Promise<T>, isGood: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await look();
    if (isGood(value)) return value;
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
