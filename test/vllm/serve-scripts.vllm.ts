import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureVllm } from '../../deploy/vllm/cpu/ensure-vllm.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';

/** Reads the arguments of `vllm serve` as vLLM itself does, and starts nothing. */
const PARSE = `
import sys
from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.utils.argparse_utils import FlexibleArgumentParser
args = make_arg_parser(FlexibleArgumentParser()).parse_args(sys.argv[2:])
validate_parsed_serve_args(args)
print(args.served_model_name[0])`;

describe('the serve scripts', function () {
  this.timeout(1_800_000);
  let folder: string;
  before(async () => {
    const { python } = await ensureVllm({
      env: process.env,
      log: (line) => void process.stderr.write(`${line}\n`),
    });
    folder = await mkdtemp(join(tmpdir(), 'vllm-parser-'));
    await writeFile(join(folder, 'parse.py'), PARSE);
    await writeFile(join(folder, 'vllm'), `#!/bin/sh\nexec '${python}' '${join(folder, 'parse.py')}' "$@"\n`);
    await chmod(join(folder, 'vllm'), 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  for (const name of ['generation', 'main', 'validators', 'optimizer']) {
    it(`serve-${name}.sh gives vLLM arguments that it takes`, async () => {
      const script = join(packageRoot, 'deploy', 'vllm', `serve-${name}.sh`);
      const env = {
        ...process.env,
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        MODEL: 'org/model',
        NAME: 'served',
      };
      const { stdout } = await promisify(execFile)('bash', [script], { env });
      assert.equal(stdout.trim().split('\n').at(-1), 'served');
    });
  }

  it('are refused by it with a flag that it does not have', async () => {
    const script = join(packageRoot, 'deploy', 'vllm', 'serve-main.sh');
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    await assert.rejects(promisify(execFile)('bash', [script, '--no-such-flag'], { env }), /no-such-flag/);
  });
});
