import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../workers/workflow-bundle.ts';

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly outputs?: readonly unknown[];
    readonly execution_count?: number | null;
  }[];
}

describe('the notebooks in the repository', () => {
  const folder = join(packageRoot, 'notebooks');
  const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

  it('are both there', () => assert.equal(names.length, 2));

  for (const name of names) {
    it(`${name} holds no outputs of anybody's run`, () => {
      const { cells } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Notebook;
      for (const { outputs, execution_count: count } of cells.filter(
        ({ cell_type: type }) => type === 'code',
      )) {
        assert.deepEqual(outputs, []);
        assert.equal(count, null);
      }
    });
  }
});
