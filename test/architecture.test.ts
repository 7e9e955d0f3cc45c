import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot as root, sharedModules } from '../workers/workflow-bundle.ts';
import { findCircles, findForbidden, type Forbidden } from './architecture/find-forbidden.ts';
import { rooms } from './architecture/import-rules.ts';
import { importsOf, readImports, sourceFiles, type Import } from './architecture/read-imports.ts';

describe('architecture', () => {
  const imports = readImports(root);

  it('reads the imports it judges', () => {
    assert.ok(imports.length > 100);
    assert.ok(
      imports.some(
        ({ from, to }) =>
          from === 'activities/stages/3-main-model/main-model.ts' && to === 'activities/store/digest.ts',
      ),
    );
    assert.ok(
      imports.some(
        ({ from, to, typeOnly }) =>
          from === 'activities/stages/3-main-model/main-model.ts' &&
          to === 'activities/activity.ts' &&
          typeOnly,
      ),
    );
  });

  it('imports nothing that the table of rooms does not allow', () => {
    assert.deepEqual(findForbidden(imports).map(sayImport), []);
  });

  it('imports nothing in a circle, not even types', () => {
    assert.deepEqual(findCircles(imports), []);
  });

  it('has no rule for a room that is not there', () => {
    const files = sourceFiles(root);
    const lacking = rooms.filter(
      ({ path }) => !files.some((file) => new RegExp(`^${path.replace('*', '[^/]+')}`).test(file)),
    );
    assert.deepEqual(
      lacking.map(({ path }) => path),
      ['activities/user/'],
    );
  });

  it('shares nothing of the SDK, which has state of its workflow, between workflows', () => {
    const reached = new Set(sharedModules);
    for (const file of reached)
      for (const { from, to, typeOnly } of imports) if (from === file && !typeOnly) reached.add(to);
    assert.ok(reached.has('workflows/tasks/graph-runner.ts'), [...reached].join());
    assert.deepEqual(
      [...reached].filter((module) => module.startsWith('@temporalio/')),
      [],
    );
  });

  it('reads the environment only where a process begins', () => {
    const readers = sourceFiles(root).filter((file) =>
      readFileSync(join(root, file), 'utf8').includes('process.env'),
    );
    const entries =
      /^(cli\/main\.ts|deploy\/setup\.mjs|deploy\/trainer\/setup\.ts|workers\/main\.ts|deploy\/model-server\/main\.ts|test\/.*|bench\/.*)$/;
    assert.deepEqual(
      readers.filter((file) => !entries.test(file)),
      [],
    );
  });
});

/** One import of each kind that CONTRIBUTING.md forbids; `type` stands before those that are forbidden even as types. */
const planted: { readonly [file: string]: readonly string[] } = {
  'definitions/model/planted.ts': ['node:fs', 'ajv', 'yaml', 'type definitions/checks/check.ts'],
  'definitions/expressions/planted.ts': ['node:fs', 'ajv', 'definitions/documents/fields.ts'],
  'definitions/checks/planted.ts': [
    'node:fs/promises',
    'type configs/settings/types.ts',
    'definitions/load.ts',
  ],
  'definitions/planted.ts': ['undici', 'type activities/activity.ts', '@temporalio/client'],
  'configs/checks/planted.ts': [
    'activities/index.ts',
    'type activities/trainers/trainer.ts',
    'definitions/load.ts',
  ],
  'workflows/state/planted.ts': [
    'node:crypto',
    'activities/activity.ts',
    'configs/load.ts',
    'definitions/documents/fields.ts',
    'workflows/tasks/graph-runner.ts',
    '@temporalio/client',
    '@temporalio/activity',
  ],
  'workflows/tasks/planted.ts': ['workflows/executions/run-round.ts', 'definitions/load.ts'],
  'activities/store/planted.ts': [
    'activities/stages/6-pairs/pairs.ts',
    'type activities/activity.ts',
    'undici',
  ],
  'activities/statistics/planted.ts': ['activities/store/digest.ts', 'node:crypto'],
  'activities/inference/planted.ts': ['activities/stages/3-main-model/main-model.ts', '@duckdb/node-api'],
  'activities/trainers/planted.ts': ['activities/stages/2-variations/variations.ts'],
  'activities/report/planted.ts': ['activities/store/digest.ts', 'type activities/stages/8-test/arms.ts'],
  'activities/stages/6-pairs/planted.ts': [
    'activities/stages/5-halving/halving.ts',
    'node:fs',
    'undici',
    'workflows/messages.ts',
    'cli/cli-error.ts',
  ],
  'activities/general/planted.ts': ['activities/index.ts', 'type workers/connect.ts'],
  'workers/planted.ts': [
    'cli/cli-error.ts',
    'workflows/interpreter.ts',
    'activities/stages/6-pairs/pairs.ts',
  ],
  'cli/verbs/planted.ts': [
    'activities/stages/6-pairs/pairs.ts',
    'workers/main.ts',
    'workflows/interpreter.ts',
    'cli/verbs/run.ts',
    '@duckdb/node-api',
  ],
  'cli/follow/planted.ts': ['cli/verbs/report.ts', 'cli/start/inputs.ts'],
  'deploy/stack/planted.ts': [
    'activities/index.ts',
    'type cli/cli.ts',
    'workers/main.ts',
    'test/support/play.ts',
  ],
  'deploy/model-server/planted.ts': ['type configs/settings/types.ts', 'activities/randomness/seed.ts'],
  'somewhere/planted.ts': ['node:fs'],
};

describe('the table of rooms', () => {
  for (const [from, targets] of Object.entries(planted))
    it(`finds what ${from} must not import`, () => {
      const all = targets.map((target): Import => {
        const to = target.replace(/^type /, '');
        return { from, to, typeOnly: to !== target };
      });
      assert.deepEqual(
        findForbidden(all).map(({ to }) => to),
        all.map(({ to }) => to),
      );
    });

  it('finds circles, type-only ones and those of several files included', () => {
    const one = (from: string, to: string, typeOnly = false): Import => ({ from, to, typeOnly });
    const straight = [one('a', 'b'), one('b', 'c'), one('a', 'c')];
    assert.deepEqual(findCircles(straight), []);
    assert.deepEqual(findCircles([...straight, one('c', 'a', true)]), [['a', 'b', 'c']]);
  });

  it('reads every form of import', () => {
    const source = [
      "import type { A } from './a.ts';",
      "import {\n  b,\n  type C,\n} from '../b.ts';",
      "export * from 'c';",
      "import './d.ts';",
      "const e = await import('node:fs');",
      'export const f = "select x from \'no import\'";',
    ].join('\n');
    assert.deepEqual(
      importsOf('x/y/z.ts', source).map(({ to, typeOnly }) => `${typeOnly ? 'type ' : ''}${to}`),
      ['type x/y/a.ts', 'x/b.ts', 'c', 'x/y/d.ts', 'node:fs'],
    );
  });
});

function sayImport({ from, to, typeOnly, rule }: Forbidden): string {
  return `${from} imports ${typeOnly ? 'types of ' : ''}${to}, but ${rule}`;
}
