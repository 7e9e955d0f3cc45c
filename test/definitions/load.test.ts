import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listDefinitions } from '../../definitions/loading/files.ts';
import { findDefinition, loadDefinition } from '../../definitions/load.ts';
import { sampleContext } from './sample-catalogue.ts';

describe('loading definitions', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prose-definitions-'));
    mkdirSync(join(root, 'definitions'));
    for (const name of ['second', 'first'])
      writeFileSync(
        join(root, `definitions/${name}.yaml`),
        `name: ${name}\ntasks: { a: { activity: doNothing } }\n`,
      );
    writeFileSync(join(root, 'definitions/definition.schema.json'), '{}');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  async function codesOf(file: string): Promise<readonly string[]> {
    const checked = await loadDefinition(root, file, sampleContext);
    return checked.ok ? [] : checked.problems.map(({ code }) => code);
  }

  it('lists the files in alphabetical order', async () => {
    assert.deepEqual(await listDefinitions(root), ['definitions/first.yaml', 'definitions/second.yaml']);
    assert.deepEqual(await listDefinitions(join(root, 'nowhere')), []);
  });

  it('finds a definition by its name', async () => {
    const found = await findDefinition(root, 'second', sampleContext);
    assert.deepEqual(found.ok && found.value.definition, {
      name: 'second',
      tasks: { a: { activity: 'doNothing' } },
    });
    assert.equal(found.ok && found.value.file, 'definitions/second.yaml');
  });

  it('finds examples too, unless a name stands for two', async () => {
    mkdirSync(join(root, 'definitions/examples'));
    for (const name of ['third', 'first'])
      writeFileSync(
        join(root, `definitions/examples/${name}.yaml`),
        `name: ${name}\ntasks: { a: { activity: doNothing } }\n`,
      );
    assert.deepEqual((await listDefinitions(root)).slice(2), [
      'definitions/examples/first.yaml',
      'definitions/examples/third.yaml',
    ]);
    const found = await findDefinition(root, 'third', sampleContext);
    assert.equal(found.ok && found.value.file, 'definitions/examples/third.yaml');
    const twice = await findDefinition(root, 'first', sampleContext);
    assert.deepEqual(twice.ok ? [] : twice.problems.map(({ code }) => code), ['SEVERAL_DEFINITIONS']);
  });

  it('says which there are when there is none of a name', async () => {
    const found = await findDefinition(root, '../../etc/passwd', sampleContext);
    assert.deepEqual(found.ok ? [] : found.problems.map(({ code }) => code), ['UNKNOWN_DEFINITION']);
  });

  it('refuses files that are not there, are outside the project, also through a link, or are no files', async () => {
    symlinkSync('/etc/hostname', join(root, 'definitions/link.yaml'));
    assert.deepEqual(await codesOf('definitions/none.yaml'), ['FILE_MISSING']);
    assert.deepEqual(await codesOf('../x.yaml'), ['FILE_OUTSIDE']);
    assert.deepEqual(await codesOf('/etc/hostname'), ['FILE_OUTSIDE']);
    assert.deepEqual(await codesOf('definitions/link.yaml'), ['FILE_OUTSIDE']);
    assert.deepEqual(await codesOf('definitions'), ['FILE_UNREADABLE']);
    execFileSync('/usr/bin/env', ['mkfifo', join(root, 'definitions/pipe.yaml')]);
    assert.deepEqual(await codesOf('definitions/pipe.yaml'), ['FILE_UNREADABLE']);
  });

  it('checks a run of another definition: that it is there, its params, and that it ends', async () => {
    const write = (name: string, body: string): void =>
      writeFileSync(join(root, `definitions/${name}.yaml`), `name: ${name}\n${body}`);
    write('child', 'params: { n: { type: integer } }\ntasks: { a: { activity: doNothing } }\n');
    write('parent', 'tasks: { a: { workflow: child, with: { n: 1 } } }\n');
    write('loop', 'tasks: { a: { workflow: through } }\n');
    write('through', 'tasks: { g: { tasks: { a: { workflow: loop } } } }\n');
    write(
      'wrong',
      'tasks: { a: { workflow: chidl }, b: { workflow: child, with: { n: x, m: 1 } }, c: { workflow: child } }\n',
    );
    write('group', 'tasks: { g: { with: { n: 1 }, tasks: { a: { activity: doNothing } } } }\n');
    assert.deepEqual(await codesOf('definitions/parent.yaml'), []);
    assert.deepEqual(await codesOf('definitions/loop.yaml'), ['WORKFLOW_CYCLE']);
    assert.deepEqual(await codesOf('definitions/wrong.yaml'), [
      'UNKNOWN_DEFINITION',
      'WRONG_INPUT_TYPE',
      'UNKNOWN_INPUT',
      'MISSING_INPUT',
    ]);
    assert.deepEqual(await codesOf('definitions/group.yaml'), ['UNKNOWN_KEY']);
  });

  it('knows the outputs of another definition, and their types where no run can come to others', async () => {
    const write = (name: string, body: string): void =>
      writeFileSync(join(root, `definitions/${name}.yaml`), `name: ${name}\n${body}`);
    const outputs =
      "{ n: '${ params.n }', m: '${ tasks.a.count }', b: '${ tasks.b.count }', t: 'n = ${ params.n }' }";
    write(
      'child',
      `params: { n: { type: integer, default: 1 } }
tasks:
  a: { activity: makeItems, with: { count: 1 } }
  b: { when: '\${ params.n > 1 }', activity: makeItems, with: { count: 1 } }
outputs: ${outputs}
`,
    );
    const codesOfCondition = (when: string): Promise<readonly string[]> => {
      const after = `{ needs: [run], when: "\${ ${when} }", activity: doNothing }`;
      write('parent', `tasks:\n  run: { workflow: child }\n  after: ${after}\n`);
      return codesOf('definitions/parent.yaml');
    };
    assert.deepEqual(await codesOfCondition('tasks.run.n + tasks.run.m == 2'), []);
    assert.deepEqual(await codesOfCondition('tasks.run.b == null'), [], 'b may not have run');
    assert.deepEqual(await codesOfCondition('tasks.run.nn == 1'), ['UNKNOWN_FIELD']);
    for (const wrong of ["tasks.run.m + 'x' == ''", 'tasks.run.t > 1', 'tasks.run.n'])
      assert.equal((await codesOfCondition(wrong)).length, 1, wrong);
    write(
      'parent',
      "tasks: { run: { forEach: { in: [1] }, workflow: child } }\noutputs: { x: '${ tasks.run[0].output.x }' }\n",
    );
    assert.deepEqual(await codesOf('definitions/parent.yaml'), ['UNKNOWN_FIELD']);
  });

  it('refuses a file of more than a megabyte', async () => {
    writeFileSync(join(root, 'definitions/large.yaml'), `# ${'x'.repeat(1_000_000)}`);
    assert.deepEqual(await codesOf('definitions/large.yaml'), ['FILE_TOO_LARGE']);
  });
});
