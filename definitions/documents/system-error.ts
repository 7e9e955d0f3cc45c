/** What the operating system's errors say. */

/** The `code` of an error (`ENOENT`, …); undefined if it has none. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether an error says that a file or directory is not there, be it that a file stands where its directory would. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Whether an error, or its cause, says that a disk or a quota has no room left; DuckDB says so in words alone. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = errorCode(error);
  return (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    /no space left on device|disk quota exceeded/i.test(error.message) ||
    isDiskFull(error.cause)
  );
}

/** Whether an error, or its cause, says that a disk may be read only; DuckDB says so in words alone. */
export function isReadOnly(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    errorCode(error) === 'EROFS' || /read-only file system/i.test(error.message) || isReadOnly(error.cause)
  );
}

/** What work with a file resolves to; undefined where the file or directory is not there. */
export async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
