/** Where a run leaves what people read. Durable: users' scripts rely on it. */
import { createHash } from 'node:crypto';

/** Bytes of a file name, with room for an ending. */
const maxLength = 200;

/** A run's id as one file name: percent-encoded, so that no id leaves its folder; a very long one ends in its digest. */
export function fileNameOfRun(runId: string): string {
  // encodeURIComponent leaves these alone, but shells read them as their own, and `.` and `..` are folders.
  const encoded = encodeURIComponent(runId).replaceAll(/[!'()*~]|^\.+$/g, (text) =>
    Array.from(text, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`).join(''),
  );
  if (encoded.length <= maxLength) return encoded;
  const digest = createHash('sha256').update(runId).digest('hex').slice(0, 16);
  return `${encoded.slice(0, maxLength - 17)}-${digest}`;
}

/** Folder of a run's report and figures. */
export function evaluationFolder(runId: string): string {
  return `results/evaluations/${fileNameOfRun(runId)}`;
}

/** Key of a run's log. */
export function runLogFile(runId: string): string {
  return `results/logs/${fileNameOfRun(runId)}.jsonl`;
}
