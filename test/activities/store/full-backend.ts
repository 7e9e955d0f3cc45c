/** A disk of a given size: what does not fit is refused as the system refuses it, and a log takes what fits of a line. */
import type { Backend } from '../../../activities/store/backend.ts';

export interface FullBackend {
  readonly backend: Backend;
  /** Bytes that may lie on it from now on. */
  resize(sizeBytes: number): void;
  usedBytes(): number;
}

export function createFullBackend(inner: Backend, sizeBytes: number): FullBackend {
  let size = sizeBytes;
  const used = new Map<string, number>();
  const usedBytes = (): number => [...used.values()].reduce((sum, bytes) => sum + bytes, 0);
  const noSpace = (): Error =>
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const backend: Backend = {
    ...inner,
    async put(key, content) {
      // The old content stays until the new one is whole.
      if (usedBytes() + Buffer.byteLength(content) > size) throw noSpace();
      await inner.put(key, content);
      used.set(key, Buffer.byteLength(content));
    },
    async delete(key) {
      await inner.delete(key);
      used.delete(key);
    },
    openLog(key) {
      const log = inner.openLog(key);
      return {
        ...log,
        append(bytes) {
          const room = Math.max(0, size - usedBytes());
          const fitting = bytes.subarray(0, room);
          log.append(fitting);
          used.set(key, (used.get(key) ?? 0) + fitting.length);
          if (fitting.length < bytes.length) throw noSpace();
        },
      };
    },
  };
  return {
    backend,
    resize(bytes) {
      size = bytes;
    },
    usedBytes,
  };
}
