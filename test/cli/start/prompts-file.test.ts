import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createCli } from '../../../cli/program.ts';
import type { Cli } from '../../../cli/cli.ts';
import { checkPromptsFile } from '../../../cli/start/prompts-file.ts';
import type { Definition } from '../../../definitions/model/types.ts';

const definition: Definition = { name: 'mine', params: { promptsFile: { type: 'string' } }, tasks: {} };
const text = 'one\ntwo\nthree\nfour\nfive\n';

describe('the prompts file of a run', () => {
  let root: string;
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-prompts-')));
    for (const folder of ['definitions', 'configs', 'data/mine'])
      await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, 'data', 'mine', 'prompts.txt'), text);
  });

  function cliIn(cwd: string): Cli {
    const stdout = new PassThrough();
    const never = (): (() => void) => () => {};
    return createCli({
      env: {},
      cwd,
      stdin: new PassThrough(),
      stdout,
      stderr: stdout,
      onInterrupt: never,
      onEndSignal: never,
    });
  }

  for (const [from, typed] of [
    ['data/mine', 'prompts.txt'],
    ['data', './mine/prompts.txt'],
    ['.', 'data/mine/prompts.txt'],
    ['configs', 'data/mine/prompts.txt'],
  ] as const) {
    it(`is found as ${typed} from ${from}, and counted`, async () => {
      const params = { promptsFile: typed, seed: 1 };
      assert.deepEqual(await checkPromptsFile(cliIn(join(root, from)), definition, params), {
        params: { promptsFile: 'data/mine/prompts.txt', seed: 1 },
        topics: ['one', 'two', 'three', 'four', 'five'],
        told: 'data/mine/prompts.txt: 5 rows; 5 prompts.',
      });
    });
  }

  it('is not looked for when none is given, or the definition knows none', async () => {
    const cli = cliIn(root);
    for (const params of [{ promptsFile: '' }, {}]) {
      assert.deepEqual(await checkPromptsFile(cli, definition, params), { params });
    }
    const params = { promptsFile: 'absent.txt' };
    assert.deepEqual(await checkPromptsFile(cli, { name: 'other', tasks: {} }, params), { params });
  });

  it('is refused where a link leads out of the project', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'prose-elsewhere-'));
    await writeFile(join(elsewhere, 'prompts.txt'), text);
    await symlink(join(elsewhere, 'prompts.txt'), join(root, 'linked.txt'));
    const params = { promptsFile: 'linked.txt' };
    await assert.rejects(checkPromptsFile(cliIn(root), definition, params), { code: 'WRONG_INPUT' });
  });
});
