import { access } from 'node:fs/promises';

/** Whether something that can be read lies at a path. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
