/**
 * `npm run test:node -- 22 [npm script]`: the tests, or another npm script, on another version of Node, which comes from the
 * package registry and stays in the user's cache. Exit code: that of the script.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [version = '', script = 'test:all', ...args] = process.argv.slice(2);
if (!/^\d+(\.\d+){0,2}$/u.test(version)) {
  process.stderr.write('Which version of Node? npm run test:node -- 22\n');
  process.exit(2);
}
// What the package `node` installs by a script of its own, which npm runs only if it is told to.
const platform = process.platform === 'win32' ? 'win' : process.platform;
const name = `node-${platform}-${process.arch}`;
const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'prose', `node-${version}`);
const bin = join(folder, 'node_modules', name, 'bin');
if (!existsSync(bin)) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  run('npm', ['install', '--no-save', '--ignore-scripts', `${name}@${version}`], folder, process.env);
}
const PATH = `${bin}${delimiter}${process.env.PATH}`;
// npm itself is run by the Node that started this; its scripts find the other one first.
const env = { ...process.env, PATH, npm_config_scripts_prepend_node_path: 'false' };
run(join(bin, 'node'), ['--version'], folder, env);
run('npm', ['run', '--silent', script, '--', ...args], dirname(dirname(fileURLToPath(import.meta.url))), env);

function run(command, commandArgs, cwd, environment) {
  const { status, error } = spawnSync(command, commandArgs, { cwd, env: environment, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
