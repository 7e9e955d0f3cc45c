/**
 * Finds a browser that draws pages without a screen: one that the machine has, else Chrome for Testing as its makers hand it
 * out, else Debian's Chromium, unpacked beside the user's other caches. Nothing is installed into the system.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withFileLock } from '../../deploy/stack/file-lock.ts';
import { cacheDirectory } from '../../deploy/downloads/cache-directory.ts';

const run = promisify(execFile);

export interface Browser {
  readonly path: string;
  /** What it needs besides the environment of this process. */
  readonly env: { readonly [name: string]: string };
}

/** The command that brings Chrome's own downloads; the last of its versions for Node 20. */
const INSTALLER = '@puppeteer/browsers@2.10.10';
/** Debian's packages: the browser, and letters for it to draw. */
const PACKAGES = ['chromium-headless-shell', 'fonts-dejavu-core'];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A browser that runs. Throws an error that says what was tried, and what to install. */
export async function findBrowser(): Promise<Browser> {
  const own = (process.env['PATH'] ?? '').split(delimiter);
  const installed = [...own.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES];
  for (const path of installed.filter((each) => existsSync(each)))
    if (await canDraw({ path, env: {} })) return { path, env: {} };
  const cache = join(cacheDirectory(process.env), 'browser');
  return withFileLock(join(cache, 'lock'), async () => {
    const failures: string[] = [];
    for (const [source, get] of [
      ['kept', keptBrowser],
      ['Chrome for Testing', downloadChrome],
      ['Debian', unpackChromium],
    ] as const)
      try {
        const browser = await get(cache);
        if (browser === undefined) continue;
        if (await canDraw(browser)) return browser;
        failures.push(`${source}: ${browser.path} does not run`);
      } catch (error) {
        failures.push(`${source}: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}`);
      }
    throw new Error(`No browser to look at pages with. Install Chrome or Chromium.\n${failures.join('\n')}`);
  });
}

/** What a headless browser is told besides its page. The sandbox of Chromium refuses to run as root. */
export const HEADLESS = ['--headless', '--no-sandbox', '--disable-gpu'];

async function canDraw({ path, env }: Browser): Promise<boolean> {
  const page = 'data:text/html,<p>drawn';
  return run(path, [...HEADLESS, '--dump-dom', page], {
    env: { ...process.env, ...env },
    timeout: 60_000,
  }).then(
    ({ stdout }) => stdout.includes('<p>drawn</p>'),
    () => false,
  );
}

async function keptBrowser(cache: string): Promise<Browser | undefined> {
  return (await chromeIn(join(cache, 'chrome'))) ?? chromiumIn(join(cache, 'chromium'));
}

async function downloadChrome(cache: string): Promise<Browser | undefined> {
  const folder = join(cache, 'chrome');
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  const args = ['--yes', INSTALLER, 'install', 'chrome-headless-shell@stable', '--path', folder];
  await run(npx, args, { timeout: 120_000, shell: process.platform === 'win32' });
  return chromeIn(folder);
}

async function chromeIn(folder: string): Promise<Browser | undefined> {
  const files = await filesBelow(folder);
  const path = files.find((file) => /chrome-headless-shell(?:\.exe)?$/.test(file));
  return path === undefined ? undefined : { path, env: {} };
}

/** By apt's own lists, which a fresh container lacks, in a folder of their own: so it works for every user. */
async function unpackChromium(cache: string): Promise<Browser | undefined> {
  if (
    !(await run('apt-get', ['--version']).then(
      () => true,
      () => false,
    ))
  )
    return undefined;
  const [apt, folder, making] = ['apt', 'chromium', 'making'].map((name) => join(cache, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [making, folder]) await rm(path, { recursive: true, force: true });
  for (const path of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(apt, path), { recursive: true });
  const options = [
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::Cache=${join(apt, 'cache')}`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=root',
    'APT::Install-Recommends=false',
  ].flatMap((option) => ['-o', option]);
  await run('apt-get', [...options, '-qq', 'update']);
  await run('apt-get', [...options, '-y', '-qq', '--download-only', 'install', ...PACKAGES]);
  const archives = join(apt, 'cache', 'archives');
  for (const name of (await readdir(archives)).filter((each) => each.endsWith('.deb')))
    await run('dpkg-deb', ['-x', join(archives, name), making]);
  await rename(making, folder);
  await rm(apt, { recursive: true, force: true });
  return chromiumIn(folder);
}

/** Debian's packages look for their libraries, letters and settings in the system's folders. */
async function chromiumIn(folder: string): Promise<Browser | undefined> {
  const path = join(folder, 'usr/lib/chromium/chromium-headless-shell');
  if (!existsSync(path)) return undefined;
  const files = await filesBelow(folder);
  const libraries = new Set(files.filter((file) => /\.so(?:\.\d+)*$/.test(file)).map(dirname));
  const settings = join(folder, 'etc/fonts/fonts.conf');
  const env = { LD_LIBRARY_PATH: [...libraries].join(':'), XDG_DATA_HOME: join(folder, 'usr/share') };
  return { path, env: existsSync(settings) ? { ...env, FONTCONFIG_FILE: settings } : env };
}

async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}
