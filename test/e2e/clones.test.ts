import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createStore } from '../../activities/store/create-store.ts';
import { startStack, type Stack } from '../../deploy/stack/start-stack.ts';
import { stopStack } from '../../deploy/stack/stop-stack.ts';
import { ensureTemporal } from '../../deploy/temporal/find.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

/** Times that two clones are brought up at once; `npm run test:clones` does it twenty times. */
const rounds = Number(process.env['PROSE_CLONES'] ?? 2);

/** Parts of a table, made one beside the other: enough for a stranger's worker to take some. */
const partCount = 12;
const definition = `
name: mark
params: { who: { type: string } }
tasks:
  parts:
    forEach: { in: [${Array.from({ length: partCount }, (_, index) => index).join(', ')}], as: part, concurrency: 4 }
    activity: sql
    with: { query: "select '\${ params.who }' as who", into: marks, part: 'part_\${ part }' }
`;

describe('two clones of a project on one machine', function () {
  this.timeout(600_000);
  let folder: string;
  const env = { ...process.env };
  delete env['TEMPORAL_ADDRESS'];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'prose-clones-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function makeClone(name: string): string {
    const root = join(folder, name);
    for (const part of ['definitions', 'configs', 'model_input'])
      cpSync(join(packageRoot, part), join(root, part), {
        recursive: true,
        filter: (path) => !path.endsWith('.ts'),
      });
    writeFileSync(join(root, 'definitions', 'mark.yaml'), definition);
    // What any clone would make of the same sources, made once.
    const bundles = join(packageRoot, '.prose', 'bundles');
    if (existsSync(bundles)) cpSync(bundles, join(root, '.prose', 'bundles'), { recursive: true });
    return root;
  }

  /** A Temporal that takes its time, so that the other clone's is up where it wants to be. */
  async function slowTemporal(): Promise<string> {
    const { path } = await ensureTemporal({ env, log: () => {} });
    const script = join(folder, 'slow-temporal');
    writeFileSync(
      script,
      `#!/bin/sh\n[ "$3" = --help ] || [ "$1" = --version ] || sleep 3\nexec '${path}' "$@"\n`,
    );
    chmodSync(script, 0o755);
    return script;
  }

  async function runMark(root: string, who: string): Promise<void> {
    const args = [
      join(packageRoot, 'cli', 'prose.mjs'),
      '--root',
      root,
      'run',
      'mark',
      '--param',
      `who=${who}`,
      '--json',
    ];
    await promisify(execFile)(process.execPath, args, { env, cwd: root });
  }

  for (let round = 1; round <= rounds; round += 1) {
    it(`have a stack of their own each when they start together, and do their own work only (${round} of ${rounds})`, async () => {
      const [one, two] = [makeClone(`one-${round}`), makeClone(`two-${round}`)];
      // Both want the same port; one of them comes late to it, every other time.
      const late = round % 2 === 0 ? { TEMPORAL_CLI_PATH: await slowTemporal() } : {};
      try {
        const stacks = await Promise.all([
          startStack({ root: one, env }),
          startStack({ root: two, env: { ...env, ...late } }),
        ]);
        assertDisjoint(stacks);
        await Promise.all([runMark(one, 'one'), runMark(two, 'two')]);
        await assertOwnWork(one, 'one');
        await assertOwnWork(two, 'two');
      } finally {
        await Promise.all([stopStack(one), stopStack(two)]);
        for (const root of [one, two]) rmSync(root, { recursive: true, force: true });
      }
    });
  }

  it('leave each other’s work alone where both have workers at one Temporal server', async () => {
    const pipelines: Pipeline[] = [];
    try {
      const one = await startPipeline();
      pipelines.push(one);
      const two = await startPipeline({}, one.address, one.namespace);
      pipelines.push(two);
      for (const { root } of pipelines) writeFileSync(join(root, 'definitions', 'mark.yaml'), definition);
      await Promise.all(pipelines.map((pipeline) => pipeline.startWorker()));
      const starts = pipelines.flatMap((pipeline, index) =>
        [1, 2, 3].map(() =>
          pipeline.start('mark', { who: String(index) }, `mark-${randomUUID()}`, {
            project: pipeline.project,
          }),
        ),
      );
      await Promise.all(starts.map(async (handle) => (await handle).result()));
      for (const [index, { root }] of pipelines.entries()) await assertOwnWork(root, String(index), 3);
    } finally {
      await Promise.all(pipelines.map((pipeline) => pipeline.close()));
    }
  });
});

function assertDisjoint([one, two]: readonly Stack[]): void {
  assert.ok(one && two);
  assert.notEqual(one.address, two.address);
  assert.notEqual(one.uiUrl, two.uiUrl);
  assert.notEqual(one.embeddedUrl, two.embeddedUrl);
}

/** The project's tables, runs and logs are its own and whole. */
async function assertOwnWork(root: string, who: string, runCount = 1): Promise<void> {
  const store = await createStore({ root });
  try {
    const rows = await store.query('select who, count(*)::int as parts from marks group by who');
    assert.deepEqual(rows, [{ who, parts: partCount * runCount }]);
  } finally {
    await store.close();
  }
  assert.equal(readdirSync(join(root, 'data', 'runs')).length, runCount);
  assert.equal(readdirSync(join(root, 'results', 'logs')).length, runCount);
}
