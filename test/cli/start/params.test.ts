import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../../../cli/cli-error.ts';
import { parseAssignment, readParams } from '../../../cli/start/params.ts';
import { createRunId } from '../../../cli/start/run-id.ts';
import type { Definition } from '../../../definitions/model/types.ts';

const definition: Definition = {
  name: 'mine',
  params: {
    count: { type: 'integer' },
    label: { type: 'string' },
    isFast: { type: 'boolean' },
    seed: { type: 'integer' },
  },
  tasks: {},
};

const isWrongInput = (error: unknown): boolean => error instanceof CliError && error.code === 'WRONG_INPUT';

describe('parameters on the command line', () => {
  it('are read as their schemas want them', () => {
    const schemas = definition.params ?? {};
    assert.deepEqual(parseAssignment('count=60', schemas), ['count', 60]);
    assert.deepEqual(parseAssignment('isFast=true', schemas), ['isFast', true]);
    assert.deepEqual(parseAssignment('label=60', schemas), ['label', '60']);
    assert.deepEqual(parseAssignment('label=a=b', schemas), ['label', 'a=b']);
    assert.deepEqual(parseAssignment('unknown=1', schemas), ['unknown', '1']);
  });

  it('do not reach into the prototype', () => {
    assert.deepEqual(parseAssignment('constructor=1', {}), ['constructor', '1']);
  });

  for (const assignment of ['count', '=60', '']) {
    it(`are refused as '${assignment}'`, () => {
      assert.throws(() => parseAssignment(assignment, {}), isWrongInput);
    });
  }

  it('are refused where a number would be changed, and read from a file with a byte order mark', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prose-params-'));
    const schemas = { count: { type: 'integer' }, any: { type: 'object' } };
    for (const assignment of ['count=9007199254740993', 'any={"a":[1e400]}', 'any={"a":1,"a":2}'])
      assert.throws(() => parseAssignment(assignment, schemas), isWrongInput, assignment);
    for (const [name, content] of [
      ['big.json', '{"count": 9007199254740993}'],
      ['twice.json', '{"count": 1, "count": 2}'],
      ['latin.json', Buffer.from('{"a": "Caf\xE9"}', 'latin1')],
    ] as const) {
      await writeFile(join(folder, name), content);
      await assert.rejects(
        readParams(definition, { assignments: [], file: name }, folder),
        isWrongInput,
        name,
      );
    }
    await writeFile(join(folder, 'bom.json'), '\uFEFF{"count": 4}');
    assert.deepEqual(await readParams(definition, { assignments: [], file: 'bom.json' }, folder), {
      count: 4,
    });
  });

  it('go over those of a file, and the seed over both', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prose-params-'));
    await writeFile(join(folder, 'params.json'), '{"count": 1, "label": "file", "seed": 1}');
    const given = { assignments: ['count=2', 'seed=2'], file: 'params.json', seed: 3 };
    assert.deepEqual(await readParams(definition, given, folder), { count: 2, label: 'file', seed: 3 });
  });

  for (const [what, content] of [
    ['no JSON', '{'],
    ['a list', '[]'],
  ] as const) {
    it(`are refused from a file with ${what}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'prose-params-'));
      await writeFile(join(folder, 'params.json'), content);
      await assert.rejects(
        readParams(definition, { assignments: [], file: 'params.json' }, folder),
        isWrongInput,
      );
    });
  }

  it('are refused from a file that is not there', async () => {
    await assert.rejects(
      readParams(definition, { assignments: [], file: '/nowhere.json' }, '/'),
      isWrongInput,
    );
  });
});

describe('run id', () => {
  it('holds the definition, the time in UTC and something random', () => {
    const now = new Date('2026-11-22T19:38:05.123Z');
    assert.match(createRunId('prose', now), /^prose-20261122-193805-[a-z0-9]{4}$/u);
  });
});
