import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  users: number;
}

/**
 * Files that are read again and again, of which no more stay open than a process can afford: those that were used last.
 * More are open only while more are read at once.
 */
export class OpenFiles {
  private readonly most: number;
  /** By path; the one that was used last comes last. */
  private readonly files = new Map<string, OpenFile>();

  constructor(most: number) {
    this.most = most;
  }

  /** Bytes of a file, fewer where it ends before. Rejects if there is no such file. */
  async read(path: string, offset: number, length: number): Promise<Buffer> {
    return this.use(path, async (handle) => {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    });
  }

  /** Closes the files of a directory that are no longer there, whose room the disk would not get back. */
  async closeOthers(directory: string, names: ReadonlySet<string>): Promise<void> {
    for (const path of this.files.keys())
      if (dirname(path) === directory && !names.has(basename(path))) await this.close(path);
  }

  /** Reads with the handle of a file, which stays open until `read` is done. Rejects if there is no such file. */
  async use<T>(path: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
    const file = this.files.get(path) ?? this.open(path);
    this.files.delete(path);
    this.files.set(path, file);
    file.users += 1;
    try {
      return await read(await file.handle);
    } finally {
      file.users -= 1;
      await this.closeUnused();
    }
  }

  /** Closes a file, if it is open. */
  async close(path: string): Promise<void> {
    const file = this.files.get(path);
    this.files.delete(path);
    const handle = await file?.handle.catch(() => undefined);
    await handle?.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.files.keys()].map((path) => this.close(path)));
  }

  private open(path: string): OpenFile {
    const file = { handle: open(path, 'r'), users: 0 };
    file.handle.catch(() => {
      if (this.files.get(path) === file) this.files.delete(path);
    });
    return file;
  }

  private async closeUnused(): Promise<void> {
    for (const [path, { users }] of this.files) {
      if (this.files.size <= this.most) return;
      if (users === 0) await this.close(path);
    }
  }
}
