import { quote, type Database } from './database.ts';
import { escapeGlob } from '../paths.ts';
import { StoreError } from '../store-error.ts';

/** How DuckDB says that a file is no Parquet, or not whole, and which. */
const NAMED = /(?:No magic bytes found at end of file|File|Failed to read file) ['"](.+\.parquet)['"]/;
/** What `views.ts` has a table's view say. */
const KNOWN = /^Invalid Input Error: (.+) is damaged; remove it/;
/** How it says that the inside of a file is none; it does not say of which. */
const UNNAMED = /^(?:Invalid Error:|TProtocolException)/;

/**
 * What a query has failed of, if it was a damaged Parquet file among those that match the globs: `StoreError`
 * `CORRUPT_SHARD` that names it. Else undefined.
 *
 * @param globs absolute, as DuckDB reads them.
 */
export async function findDamage(
  database: Database,
  globs: readonly string[],
  error: unknown,
): Promise<StoreError | undefined> {
  const message = error instanceof Error ? error.message : String(error);
  const named = (KNOWN.exec(message) ?? NAMED.exec(message))?.[1];
  // A file that somebody else made cannot be made again.
  if (named !== undefined && !globs.some((glob) => named.startsWith(fixedPart(glob)))) return undefined;
  const file = named ?? (UNNAMED.test(message) ? await findUnreadable(database, globs) : undefined);
  if (file === undefined) return undefined;
  return new StoreError('CORRUPT_SHARD', `${file} is damaged; remove it to have it made again.`, {
    cause: error,
  });
}

/** The first file that cannot be read through. */
async function findUnreadable(database: Database, globs: readonly string[]): Promise<string | undefined> {
  return database.withConnection(async (connection) => {
    for (const glob of globs) {
      const found = await connection.runAndReadAll(`select file from glob(${quote(glob)}) order by file`);
      for (const [file] of found.getRows()) {
        const path = String(file);
        const whole = `select count(columns(*)) from read_parquet(${quote(escapeGlob(path))}, hive_partitioning = false)`;
        const isReadable = await connection.run(whole).then(
          () => true,
          () => false,
        );
        if (!isReadable) return path;
      }
    }
    return undefined;
  });
}

/** The directory below which a glob looks, as it is without escapes. */
function fixedPart(glob: string): string {
  return glob.replace(/\/(?:run=)?\*.*$/s, '/').replaceAll(/\[([*?[])\]/g, '$1');
}
