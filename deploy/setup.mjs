/**
 * Makes a checkout ready to run: checks Node's version and installs the packages of package-lock.json unless exactly
 * those are there already. Plain JavaScript without dependencies, because it runs before there are any; silent when
 * there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** `npm ci` of two processes at once would delete each other's files; a lock older than this was left by a crash. */
const lockStaleMs = 15 * 60_000;

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const parts = (version) => version.replace(/^v/u, '').split('.').map(Number);

function checkNode() {
  const wanted = readJson('package.json').engines.node.replace(/^>=/u, '');
  const [major, minor = 0] = parts(wanted);
  const [haveMajor, haveMinor] = parts(process.version);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  fail(`Node ${wanted} or newer is needed, this is ${process.version}. Get it from https://nodejs.org`);
}

/**
 * Why the installed packages are not those of the lock file; undefined if they are. npm notes what it installed in
 * node_modules/.package-lock.json, as its last act; packages for other platforms are optional and absent there.
 */
function reasonToInstall() {
  let installed;
  try {
    installed = readJson('node_modules/.package-lock.json').packages;
  } catch {
    return 'no packages are installed yet';
  }
  for (const [path, { version, optional, devOptional }] of Object.entries(
    readJson('package-lock.json').packages,
  )) {
    if (path === '' || optional || devOptional) continue;
    const name = path.replace(/^node_modules\//u, '');
    if (installed[path] === undefined) return `${name} is not installed`;
    if (installed[path].version !== version)
      return `${name} ${version} is wanted, ${installed[path].version} installed`;
  }
  return undefined;
}

function install(reason) {
  process.stderr.write(`Installing packages (npm ci): ${reason}\n`);
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  // npm's words go to standard error: standard output belongs to what runs after this.
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && !npm,
  });
  if (error) fail(`npm could not be started (${error.message}). It comes with Node: https://nodejs.org`);
  if (status !== 0)
    fail('`npm ci` failed; its own message is above. It needs the npm registry: try again with a network');
}

function withLock(work) {
  const lock = join(root, '.prose', 'setup.lock');
  mkdirSync(dirname(lock), { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (holderIsGone(lock)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!waited) process.stderr.write('Waiting for another process that is installing packages\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
  process.on('exit', () => rmSync(lock, { force: true }));
  work();
}

function holderIsGone(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > lockStaleMs) return true;
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || error.code === 'ENOENT';
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

checkNode();
if (reasonToInstall() !== undefined) {
  withLock(() => {
    const reason = reasonToInstall();
    if (reason !== undefined) install(reason);
  });
}
