import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { packageRoot } from '../../workers/workflow-bundle.ts';

/** What the linter tells an editor at once; the table of rooms, in architecture.test.ts, holds the rest. */
const planted: readonly (readonly [file: string, imported: string])[] = [
  ['definitions/checks/a.ts', 'configs/load.ts'],
  ['definitions/model/a.ts', 'node:fs'],
  ['definitions/model/b.ts', 'definitions/documents/fields.ts'],
  ['definitions/expressions/a.ts', 'ajv/dist/2020.js'],
  ['configs/checks/a.ts', 'activities/index.ts'],
  ['configs/checks/b.ts', 'definitions/load.ts'],
  ['workflows/tasks/a.ts', 'activities/index.ts'],
  ['workflows/tasks/b.ts', 'node:crypto'],
  ['workflows/tasks/c.ts', 'definitions/documents/fields.ts'],
  ['workflows/d.ts', 'configs/load.ts'],
  ['activities/general/a.ts', 'workflows/messages.ts'],
  ['activities/statistics/a.ts', 'activities/store/digest.ts'],
  ['activities/stages/6-pairs/a.ts', 'undici'],
  ['activities/stages/6-pairs/b.ts', 'cli/cli-error.ts'],
  ['workers/a.ts', 'workflows/interpreter.ts'],
  ['workers/b.ts', 'cli/cli-error.ts'],
  ['cli/verbs/a.ts', 'workers/main.ts'],
  ['cli/verbs/b.ts', 'workflows/interpreter.ts'],
  ['deploy/stack/a.ts', 'activities/index.ts'],
  ['deploy/stack/b.ts', 'test/support/play.ts'],
];

describe('the linter', () => {
  it('finds each forbidden import, and lets types and names through where they may', () => {
    const root = mkdtempSync(join(tmpdir(), 'prose-lint-'));
    try {
      cpSync(join(packageRoot, '.oxlintrc.json'), join(root, '.oxlintrc.json'));
      const write = (file: string, line: (path: string) => string, imported: string): void => {
        const isOurs = /^(definitions|configs|workflows|activities|workers|cli|deploy|test)\//.test(imported);
        const path = isOurs ? relative(dirname(file), imported) : imported;
        mkdirSync(join(root, dirname(file)), { recursive: true });
        writeFileSync(
          join(root, file),
          `${line(path.startsWith('.') || !isOurs ? path : `./${path}`)}\nexport const b: A = new A();\n`,
        );
      };
      for (const [file, imported] of planted) write(file, (path) => `import { A } from '${path}';`, imported);
      const allowed = ['workflows/tasks/types.ts', 'cli/verbs/types.ts', 'workers/names.ts'] as const;
      write(allowed[0], (path) => `import type { A } from '${path}';`, 'activities/activity.ts');
      write(allowed[1], (path) => `import type { A } from '${path}';`, 'workflows/interpreter.ts');
      write(allowed[2], (path) => `import { A } from '${path}';`, 'workflows/messages.ts');
      const oxlint = join(packageRoot, 'node_modules', '.bin', 'oxlint');
      const { stdout } = spawnSync(oxlint, ['--format', 'json'], { cwd: root, encoding: 'utf8' });
      const { diagnostics }: { diagnostics: { code: string; filename: string }[] } = JSON.parse(stdout);
      const found = diagnostics.filter(({ code }) => code.includes('no-restricted-imports'));
      assert.deepEqual(
        [...new Set(found.map(({ filename }) => filename))].toSorted(),
        planted.map(([file]) => file).toSorted(),
      );
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
