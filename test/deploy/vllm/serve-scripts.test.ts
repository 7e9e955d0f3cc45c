import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../workers/workflow-bundle.ts';

const scripts = ['serve-generation.sh', 'serve-main.sh', 'serve-validators.sh', 'serve-optimizer.sh'];

describe('serve scripts of vLLM', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'fake-vllm-'));
    writeFileSync(join(folder, 'vllm'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    chmodSync(join(folder, 'vllm'), 0o755);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** What a script would start vLLM with. */
  function serve(
    script: string,
    env: { readonly [name: string]: string } = {},
    args: readonly string[] = [],
  ): { readonly status: number | null; readonly words: readonly string[] } {
    const { status, stdout } = spawnSync('bash', [join(packageRoot, 'deploy', 'vllm', script), ...args], {
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, MODEL: 'org/model', ...env },
      encoding: 'utf8',
    });
    return { status, words: stdout.trimEnd().split('\n') };
  }
  const valueOf = (words: readonly string[], flag: string): string | undefined =>
    words[words.indexOf(flag) + 1];

  for (const script of scripts) {
    it(`${script} serves its model on loopback, with prefix caching`, () => {
      const { status, words } = serve(script);
      assert.equal(status, 0);
      assert.deepEqual(words.slice(0, 2), ['serve', 'org/model']);
      assert.equal(valueOf(words, '--host'), '127.0.0.1');
      assert.ok(words.includes('--enable-prefix-caching'));
    });

    it(`${script} is reachable for others with a key only, which is in no argument`, () => {
      assert.equal(serve(script, { HOST: '0.0.0.0' }).status, 2);
      const { status, words } = serve(script, { HOST: '0.0.0.0', VLLM_API_KEY: 'sk-secret' });
      assert.equal(status, 0);
      assert.ok(!words.join(' ').includes('sk-secret'));
    });
  }

  it('give each role a port and a name of its own', () => {
    const servers = [
      ...scripts.map((script) => serve(script)),
      serve('serve-validators.sh', { VALIDATOR: '2' }),
    ];
    for (const flag of ['--port', '--served-model-name']) {
      assert.equal(new Set(servers.map(({ words }) => valueOf(words, flag))).size, servers.length);
    }
  });

  it('split a model over the devices that they are given, and pass further flags on', () => {
    const { words } = serve('serve-main.sh', { GPUS: '2,3' }, ['--max-num-seqs', '8']);
    assert.equal(valueOf(words, '--tensor-parallel-size'), '2');
    assert.deepEqual(words.slice(-2), ['--max-num-seqs', '8']);
  });
});
