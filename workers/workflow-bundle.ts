/** The workflows as one file of code, built once for each state of their sources. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, type BundleOptions, type Logger } from '@temporalio/worker';

/** Folders whose code can be in the bundle. */
const sourceFolders = ['workflows', 'definitions'];

/**
 * Loaded once for all workflows of a worker, with all that they import: what decides, and what evaluates expressions. Neither
 * has state of a run outside of its objects. What was parsed for one run, and what the engine has compiled, serves the next.
 */
export const sharedModules: readonly string[] = [
  'definitions/expressions/expression.ts',
  'workflows/temporal/handover.ts',
  'workflows/control/run-status.ts',
  'workflows/tasks/task-runner.ts',
  'workflows/short-stacks.ts',
];

/** Root of the package: where `workflows/` lies. */
export const packageRoot = join(import.meta.dirname, '..');

/**
 * Path of the bundle of `workflows/index.ts`, built if there is none for these sources (some seconds). Processes
 * that build it at once each do, and each rename the same content into place.
 *
 * @param root the project's root; bundles are kept in its `.prose/bundles/`.
 */
export async function workflowBundlePath(root: string, logger: Logger): Promise<string> {
  const folder = join(root, '.prose', 'bundles');
  const path = join(folder, `workflows-${(await digestSources()).slice(0, 16)}.js`);
  if (await isFile(path)) return path;
  const code = await bundleWorkflows(join(packageRoot, 'workflows', 'index.ts'), logger);
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, code);
  await rename(temporary, path);
  return path;
}

/** The code of a file of workflows and of all that it imports. */
export async function bundleWorkflows(workflowsPath: string, logger: Logger): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: join(packageRoot, 'workflows', 'temporal', 'payload-converter.ts'),
    preloadModules: sharedModules.map((module) => join(packageRoot, module)),
    webpackConfigHook: keepModernSyntax,
    logger,
  });
  return code;
}

/** The SDK's bundler writes private fields and spreads in the language of 2017, which is several times slower. */
const keepModernSyntax: NonNullable<BundleOptions['webpackConfigHook']> = (config) => {
  for (const rule of config.module?.rules ?? []) {
    const use = typeof rule === 'object' ? rule?.use : undefined;
    const options = typeof use === 'object' && 'options' in use ? use.options : undefined;
    if (typeof options === 'object' && typeof options['jsc'] === 'object') options['jsc'].target = 'es2022';
  }
  return config;
};

/** sha256 (hex) of everything the bundle is made of, and of how it is made; package.json names the exact versions of its packages. */
async function digestSources(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(packageRoot, 'package.json')));
  hash.update(await readFile(import.meta.filename));
  for (const file of await bundleSources())
    hash.update(`${file}\n`).update(await readFile(join(packageRoot, file)));
  return hash.digest('hex');
}

/** The files, by their paths below the package's root, whose code can be in the bundle. */
export async function bundleSources(): Promise<readonly string[]> {
  const files = await Promise.all(
    sourceFolders.map(async (folder) => {
      const names = await readdir(join(packageRoot, folder), { recursive: true });
      return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
    }),
  );
  return files.flat().toSorted();
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
