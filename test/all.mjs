/**
 * Runs all parts of the tests one after the other, whatever fails, and ends with what each has come to. Exit code: 0 if all
 * have passed, else 1. Arguments: other npm scripts to run as the parts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const parts = process.argv.length > 2 ? process.argv.slice(2) : ['test:unit', 'test:integration', 'test:e2e'];
const closingLine = /^(\d+) passed, (\d+) failed/mu;
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** What is wrong with a part, in a few words; undefined if all of it has passed. */
async function run(part) {
  const colors = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(npm, ['run', '--silent', part], {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { ...process.env, ...colors },
    shell: process.platform === 'win32',
  });
  let end = '';
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    end = (end + String(chunk)).slice(-2_000);
  });
  const failed = once(child, 'error').then(([error]) => [undefined, error.message]);
  const [code, signal] = await Promise.race([once(child, 'close'), failed]);
  const failures = Number(closingLine.exec(end)?.[2] ?? 0);
  if (code === 0 && closingLine.test(end)) return failures === 0 ? undefined : `${failures} failed`;
  // It has crashed, was killed, or could not begin: whoever sums up the closing lines is to see one failure more.
  if (failures === 0) process.stdout.write('0 passed, 1 failed\n');
  if (failures > 0) return `${failures} failed`;
  return signal ? `ended by ${signal}` : `ended with exit code ${code}`;
}

const results = [];
for (const part of parts) results.push([part, await run(part)]);
for (const [part, wrong] of results) process.stdout.write(`${part}: ${wrong ?? 'all passed'}\n`);
process.exitCode = results.every(([, wrong]) => wrong === undefined) ? 0 : 1;
