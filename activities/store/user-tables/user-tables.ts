/** Tables of the users' own making: `data/tables/<table>/run=<run>/<part>.parquet`, each a view of its name. */
import { listDeep, type Backend } from '../backend.ts';
import { isTableName, runDirectory, shardFolder } from '../paths.ts';
import { StoreError } from '../store-error.ts';
import { tables } from '../tables.ts';
import { DERIVED_VIEWS } from '../views/derived-views.ts';

const TABLES = 'data/tables';

/** Names of tables and parts; small letters alone, since SQL does not tell them from large ones. */
export const USER_TABLE_PATTERN = '^[a-z][a-z0-9_]{0,62}$';

export interface UserTableName {
  readonly table: string;
  readonly run: string;
  /** Several tasks of a run may each write a part. */
  readonly part: string;
}

/** Key of a part. Throws `StoreError` `INVALID_NAME`, also for names that PROSE's own views have. */
export function userTablePath({ table, run, part }: UserTableName): string {
  for (const name of [table, part]) {
    if (!new RegExp(USER_TABLE_PATTERN).test(name)) {
      throw new StoreError(
        'INVALID_NAME',
        `${JSON.stringify(name)} must be 1 to 63 of a-z 0-9 _ and begin with a letter.`,
      );
    }
  }
  if (isReserved(table))
    throw new StoreError('INVALID_NAME', `The table '${table}' is one of PROSE's own; choose another name.`);
  return `${TABLES}/${table}/${runDirectory(run)}/${part}.parquet`;
}

/** Table and part that a key is of; undefined for what is no part of a user's table. */
export function partOfPath(path: string): Pick<UserTableName, 'table' | 'part'> | undefined {
  const [, table, part] = /^data\/tables\/([^/]+)\/run=.*\/([^/]+)\.parquet$/u.exec(path) ?? [];
  return table === undefined || part === undefined ? undefined : { table, part };
}

/** Folder of a run's rows of any table, PROSE's or a user's; undefined for what is no table. */
export function tableFolderOfRun(table: string, run: string): string | undefined {
  if (isTableName(table)) return shardFolder(table, run);
  if (isReserved(table) || !new RegExp(USER_TABLE_PATTERN).test(table)) return undefined;
  return `${TABLES}/${table}/${runDirectory(run)}`;
}

/** Names that a query may read from: PROSE's own tables and views, and the users' tables that there are. */
export async function readableTables(backend: Backend): Promise<readonly string[]> {
  const own = await listUserTables(backend);
  return [...Object.keys(tables), ...DERIVED_VIEWS, 'test_results', ...own.map(({ name }) => name)];
}

export interface UserTable {
  readonly name: string;
  readonly folder: string;
  /** Changes with the files. */
  readonly state: string;
}

/** The tables that have at least one part, by name. */
export async function listUserTables(backend: Backend): Promise<readonly UserTable[]> {
  const found: UserTable[] = [];
  for (const folder of await backend.list(TABLES)) {
    const name = folder.slice(0, -1);
    if (!folder.endsWith('/') || !new RegExp(USER_TABLE_PATTERN).test(name) || isReserved(name)) continue;
    const files = (await listDeep(backend, `${TABLES}/${name}`)).filter((file) =>
      /\/run=.*\/[^/]+\.parquet$/u.test(file),
    );
    const states = await Promise.all(
      files.map(async (file) => `${file} ${(await backend.stat(file))?.modifiedMs}`),
    );
    if (files.length > 0) found.push({ name, folder: `${TABLES}/${name}`, state: states.join('\n') });
  }
  return found;
}

/** Whether a table or view of PROSE's own has the name. */
export function isReserved(name: string): boolean {
  return isTableName(name) || ['test_results', ...DERIVED_VIEWS].includes(name);
}
