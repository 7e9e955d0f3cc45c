import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, 'all.mjs');
const mocha = join(import.meta.dirname, '..', 'node_modules', 'mocha', 'bin', 'mocha.js');

/** What all parts come to whose scripts are these. */
function runAll(scripts: { readonly [part: string]: string }): { status: number | null; lines: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'prose-all-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));
    const { status, stdout } = spawnSync(process.execPath, [main, ...Object.keys(scripts)], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, lines: stdout.trimEnd().split('\n') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the parts of the tests', () => {
  it('are all run, whatever fails, and a failure of any is one of the whole', () => {
    const { status, lines } = runAll({
      first: "echo '3 passed, 2 failed'; exit 2",
      second: 'kill -9 $$',
      third: "echo '5 passed, 0 failed'",
    });
    assert.equal(status, 1);
    assert.deepEqual(lines.slice(0, 3), ['3 passed, 2 failed', '0 passed, 1 failed', '5 passed, 0 failed']);
    assert.equal(lines.length, 6);
    assert.ok(lines[3]?.startsWith('first: 2 failed') && lines[5]?.startsWith('third: all passed'));
    assert.ok(lines[4]?.startsWith('second: ended'));
  });

  it('pass if every one has', () => {
    assert.equal(runAll({ only: "echo '5 passed, 0 failed, 1 skipped'" }).status, 0);
  });

  for (const [script, why] of [
    ["echo '5 passed, 0 failed'; exit 7", 'an exit code of its own after all has passed'],
    ['exit 0', 'no closing line'],
    ["echo '1 passed, 1 failed'", 'an exit code that hides a failure'],
  ] as const) {
    it(`fail for ${why}`, () => {
      const { status, lines } = runAll({ only: script });
      assert.equal(status, 1);
      const failed = lines.map((line) => Number(/^\d+ passed, (\d+) failed/.exec(line)?.[1] ?? 0));
      assert.equal(
        failed.reduce((sum, count) => sum + count, 0),
        1,
      );
    });
  }

  it('end, and have failed, where a test leaves what never ends', () => {
    const folder = mkdtempSync(join(tmpdir(), 'prose-endless-'));
    const file = join(folder, 'endless.cjs');
    try {
      writeFileSync(file, "it('leaves a timer', () => void setInterval(() => {}, 1_000));");
      const reporter = join(import.meta.dirname, 'support', 'closing-line-reporter.mjs');
      const { status, stdout } = spawnSync(
        process.execPath,
        [mocha, '--no-config', '--reporter', reporter, file],
        {
          env: { ...process.env, PROSE_TEST_PATIENCE: '100' },
          encoding: 'utf8',
          timeout: 30_000,
        },
      );
      assert.equal(status, 1);
      assert.match(stdout, /^1 passed, 0 failed$[^]*still open: .*Timeout/mu);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
