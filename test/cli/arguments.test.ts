import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProjectRoot } from '../../cli/project-root.ts';
import { CliError } from '../../cli/cli-error.ts';
import { captureCli } from './captured-cli.ts';

const verbs = [
  'run',
  'validate',
  'graph',
  'status',
  'list',
  'logs',
  'report',
  'cancel',
  'sql',
  'optimize',
  'up',
  'down',
  'worker',
  'doctor',
];

describe('arguments', () => {
  it('lists every verb in the help, with exit code 0', async () => {
    const { exitCode, stdout } = await captureCli(['--help']);
    assert.equal(exitCode, 0);
    for (const verb of verbs) assert.match(stdout, new RegExp(`^  ${verb}\\b`, 'mu'));
  });

  for (const verb of verbs) {
    it(`shows examples for ${verb}`, async () => {
      const { exitCode, stdout } = await captureCli([verb, '--help']);
      assert.equal(exitCode, 0);
      assert.match(stdout, /Examples?:\n {2}\S*.*prose /u);
    });
  }

  it('suggests the verb that was meant, with exit code 2', async () => {
    const { exitCode, stdout, stderr } = await captureCli(['stats']);
    assert.equal(exitCode, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /status/u);
  });

  it('suggests the option that was meant, with exit code 2', async () => {
    const { exitCode, stderr } = await captureCli(['run', 'prose', '--endpont', 'x']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /--endpoint/u);
  });

  for (const args of [
    ['run'],
    ['run', 'prose', '--seed', '-1'],
    ['run', 'prose', '--seed', '1.5'],
    ['run', 'prose', '--endpoint', 'gpu-1'],
    ['graph', 'prose', '--format', 'png'],
    ['logs', '--level', 'loud'],
    ['list', '--limit', '0'],
    ['worker'],
  ]) {
    it(`refuses ${args.join(' ')} with exit code 2`, async () => {
      const { exitCode, stderr } = await captureCli(args);
      assert.equal(exitCode, 2);
      assert.doesNotMatch(stderr, /\n {4}at /u);
    });
  }

  for (const [args, help] of [
    [['stats'], 'prose --help'],
    [['run', 'prose', '--id', 'x'], 'prose run --help'],
    [['models', 'rollback'], 'prose models rollback --help'],
  ] as const)
    it(`points to the help of what is wrong in ${args.join(' ')}`, async () => {
      const { stderr } = await captureCli(args);
      assert.ok(stderr.includes(`(${help} lists`), stderr);
    });

  it('shows no default of an option that need not be given', async () => {
    for (const args of [['run'], ['schedule', 'create']]) {
      const { stdout } = await captureCli([...args, '--help']);
      assert.doesNotMatch(stdout, /default: \[\]/u);
    }
  });

  it('tells outside of a project how to name one', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'prose-cli-'));
    const { exitCode, stderr } = await captureCli(['validate'], { cwd });
    assert.equal(exitCode, 2);
    assert.match(stderr, /--root/u);
  });
});

describe('project root', () => {
  let root: string;
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-cli-')));
    for (const folder of ['definitions', 'configs', 'data/raw'])
      await mkdir(join(root, folder), { recursive: true });
  });

  it('is the nearest folder upwards with definitions/ and configs/', () => {
    assert.equal(findProjectRoot(join(root, 'data', 'raw')), root);
  });

  it('is the folder given, relative to the working directory', () => {
    assert.equal(findProjectRoot(join(root, 'data'), '..'), root);
  });

  it('is never a folder given that is no project', () => {
    assert.throws(
      () => findProjectRoot(root, 'data'),
      (error) => error instanceof CliError && error.code === 'NO_PROJECT' && error.exitCode === 2,
    );
  });
});
