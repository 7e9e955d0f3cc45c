/**
 * Which project a folder is. The identity is made once and lies beside the data that it names, so that it travels with
 * them: runs are pinned to it, and workers leave alone what is another project's.
 *
 * A clone has no data and gets an identity of its own. A moved folder keeps its identity. A copied one has its original's
 * until it is first asked: where that still lies on this machine, the copy becomes a project of its own.
 */
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseFields } from '../../definitions/documents/json-text.ts';
import { errorCode, orMissing } from '../../definitions/documents/system-error.ts';

/** Relative to the project's root. Durable. */
export const projectFile = join('data', 'project.json');

const SLUG_CHARS = 30;

interface ProjectRecord {
  /** Such as `my-prompts-3f2a9c01b7d4`: what its folder was called, and 12 hex digits. Durable: in histories. */
  readonly id: string;
  /** Real path of the root where it was last seen. */
  readonly root: string;
  /** The id of the project that it was copied from. */
  readonly copyOf?: string;
}

/** `data/project.json` is none: code `BAD_PROJECT_FILE`. */
export class ProjectFileError extends Error {
  override readonly name = 'ProjectFileError';
  readonly code = 'BAD_PROJECT_FILE';
}

/**
 * The project's id, which is made if there is none. Any number of processes may ask at once: all get the same.
 *
 * @param root the project's root; must exist.
 * @param log told in one line when the folder is found to be a copy.
 * @throws ProjectFileError if the file is damaged; the system's error if it cannot be read or written.
 */
export async function identifyProject(root: string, log: (line: string) => void = () => {}): Promise<string> {
  const home = await realpath(root);
  const path = join(home, projectFile);
  for (;;) {
    const found = await read(path);
    if (found === undefined) {
      await create(path, { id: idOf(home, randomUUID()), root: home });
      continue;
    }
    const { record, version } = found;
    if (record.root === home) return record.id;
    if (!(await liesElsewhere(record.id, record.root, home))) {
      // Where it lies now matters for telling copies only: a folder that cannot be written keeps its identity.
      await replace(path, { ...record, root: home }).catch(() => {});
      return record.id;
    }
    // Whoever reads the same version of the file makes the same id of it.
    const id = idOf(home, `${record.id} ${version}`);
    await replace(path, { id, root: home, copyOf: record.id });
    log(
      `This folder is a copy of ${record.root} (project ${record.id}): it is the project ${id} from now on, and has no part in the runs of the other`,
    );
    return id;
  }
}

/**
 * Whether the project with this id lies at `home`, and `root` is another folder: then what `root` has of it is a copy. What
 * was moved leaves nothing behind, and what is mounted or linked twice is the same file in both places.
 */
export async function liesElsewhere(id: string, home: string, root: string): Promise<boolean> {
  const there = join(home, projectFile);
  const found = await read(there).catch(() => undefined);
  return found?.record.id === id && (await inodeOf(there)) !== (await inodeOf(join(root, projectFile)));
}

async function inodeOf(path: string): Promise<string | undefined> {
  return stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}/${ino}`,
    () => undefined,
  );
}

function idOf(home: string, unique: string): string {
  const slug = basename(home)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, SLUG_CHARS)
    .replaceAll(/^-+|-+$/gu, '');
  const digits = createHash('sha256').update(`${home} ${unique}`).digest('hex').slice(0, 12);
  return `${slug || 'project'}-${digits}`;
}

/** The record, and a text that no other version of the file has. */
async function read(path: string): Promise<{ record: ProjectRecord; version: string } | undefined> {
  const handle = await orMissing(open(path, 'r'));
  if (handle === undefined) return undefined;
  try {
    const { ino, mtimeNs } = await handle.stat({ bigint: true });
    const record = parse(await handle.readFile('utf8'));
    if (record !== undefined) return { record, version: `${ino} ${mtimeNs}` };
  } finally {
    await handle.close();
  }
  throw new ProjectFileError(
    `${path} does not say which project this is: get it back from a copy, or remove it to make this a new project, which has no part in the runs of the old one`,
  );
}

function parse(text: string): ProjectRecord | undefined {
  const { id, root, copyOf } = parseFields(text) ?? {};
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,64}$/u.test(id) || typeof root !== 'string') return undefined;
  return { id, root, ...(typeof copyOf === 'string' && { copyOf }) };
}

/** Does nothing if there is one already. */
async function create(path: string, record: ProjectRecord): Promise<void> {
  await write(path, record, async (temporary) => {
    await link(temporary, path).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  });
}

async function replace(path: string, record: ProjectRecord): Promise<void> {
  await write(path, record, (temporary) => rename(temporary, path));
}

/** The file is never seen but whole. */
async function write(
  path: string,
  record: ProjectRecord,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(`${JSON.stringify(record, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}
