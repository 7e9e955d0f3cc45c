import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toy } from './toy-trainer.ts';
import type { Told } from './use-trainer.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';

const folders = ['activities', 'bench', 'configs', 'definitions', 'deploy', 'model_input', 'test', 'workers'];

describe('a trainer that is one file and one line', function () {
  this.timeout(120_000);
  let root: string;
  let told: Told;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'prose-trainer-'));
    for (const folder of folders)
      cpSync(join(packageRoot, folder), join(root, folder), {
        recursive: true,
        filter: (path) => !path.includes('histories'),
      });
    for (const name of ['workflows', 'package.json', 'tsconfig.json'])
      cpSync(join(packageRoot, name), join(root, name), { recursive: true });
    symlinkSync(join(packageRoot, 'node_modules'), join(root, 'node_modules'));
    const file = readFileSync(join(import.meta.dirname, 'toy-trainer.ts'), 'utf8');
    writeFileSync(
      join(root, 'activities/trainers/toy.ts'),
      file.replaceAll('../../../activities/trainers/', './'),
    );
    change('activities/trainers/index.ts', /(AnyTrainer\[\] = \[[^\]]*)\]/u, '$1, toy]');
    change(
      'activities/trainers/index.ts',
      'import type { Rewriter }',
      "import { toy } from './toy.ts';\nimport type { Rewriter }",
    );
    change(
      'configs/prompt_optimization_config.yaml',
      'trainer: ranker',
      'trainer: toy\ntoy: { smoothing: 3 }',
    );
    const script = join(root, 'test/activities/trainers/use-trainer.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      cwd: root,
    });
    told = JSON.parse(stdout);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  function change(file: string, from: RegExp | string, to: string): void {
    const text = readFileSync(join(root, file), 'utf8');
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `${file} has no ${from}`);
    writeFileSync(join(root, file), changed);
  }

  it('is a value of the config, with a section that its schema checks', () =>
    assert.deepEqual(told.problems, []));

  it('trains a version of its name', () => {
    assert.match(told.version, /^toy-/);
    assert.equal(told.manifest.trainer, toy.name);
  });

  it('is tested as an arm of its name, and can be promoted', () => {
    assert.equal(told.arm, 'toy');
    assert.equal(told.training.trainer, 'toy');
    assert.equal(told.tested?.promotable, told.tested?.proven.includes(toy.name));
    assert.deepEqual([told.promotion.promoted, told.promotion.version], [true, told.version]);
  });

  it('optimizes as the champion', () => {
    assert.equal(told.optimized?.version, told.version);
    assert.ok(told.optimized?.changed && told.optimized.score > 0);
  });
});
