/** What a command prints: kept whole in a file, and of it the end and the lines that say something to us. */
import type { Readable } from 'node:stream';
import type { SecretKeeper } from '../../../definitions/documents/secret-keeper.ts';
import { isFields } from '../../../definitions/documents/fields.ts';
import { MAX_VALUE_BYTES } from '../../../definitions/model/value-size.ts';
import type { Progress } from '../../activity.ts';
import type { Log } from '../../store/backend.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';

/** Bytes of the end that are returned. */
const TAIL_BYTES = 4096;
/** Longest line that is looked into. */
const MAX_LINE_CHARS = MAX_VALUE_BYTES;

export interface Captured {
  /** The last 4 KB as text. */
  readonly tail: string;
  /** The last line that is not blank; null if it is longer than any result may be, undefined if there is none. */
  readonly lastLine: string | null | undefined;
}

/**
 * Writes a stream to a log, without secrets, until it ends, and calls `onProgress` for each line that tells progress. It listens from the moment it
 * is called: Node drops what nobody has begun to read when the process ends.
 */
export async function captureOutput(
  stream: Readable,
  log: Log,
  secrets: SecretKeeper,
  onProgress: (progress: Progress) => void,
): Promise<Captured> {
  const hidden = secrets.hideBytes();
  const decoder = new TextDecoder();
  let tail = Buffer.alloc(0);
  let line = '';
  let isTooLong = false;
  let lastLine: string | null | undefined;

  const endLine = (): void => {
    if (line.trim() !== '') {
      lastLine = isTooLong ? null : line.trim();
      const progress = isTooLong ? undefined : parseProgress(line);
      if (progress !== undefined) onProgress(progress);
    }
    line = '';
    isTooLong = false;
  };
  const read = (text: string): void => {
    for (const [index, part] of text.split(/[\r\n]/).entries()) {
      if (index > 0) endLine();
      if (line.length + part.length > MAX_LINE_CHARS) isTooLong = true;
      else line += part;
    }
  };

  for await (const chunk of stream as AsyncIterable<Buffer>) {
    log.append(hidden.push(chunk));
    tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
    read(decoder.decode(chunk, { stream: true }));
  }
  log.append(hidden.end());
  read(decoder.decode());
  endLine();
  return { tail: decodeTail(tail), lastLine };
}

/** Without the rest of a character that the cut went through. */
function decodeTail(bytes: Buffer): string {
  const start = bytes.length < TAIL_BYTES ? 0 : bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.subarray(Math.max(start, 0)).toString('utf8');
}

/**
 * The progress that a line tells: `PROGRESS 3/10`, or `{"progress": {"done": 3, "total": 10, "unit": "files"}}`. Undefined
 * for every other line. The unit is `steps` unless given.
 */
export function parseProgress(line: string): Progress | undefined {
  const [, done, total] = /^\s*PROGRESS\s+(\d{1,15})\s*\/\s*(\d{1,15})\s*$/.exec(line) ?? [];
  if (done !== undefined) return { done: Number(done), total: Number(total), unit: 'steps' };
  if (!line.includes('"progress"')) return undefined;
  const value = parseJson(line);
  const progress = isFields(value) ? value['progress'] : undefined;
  if (!isFields(progress)) return undefined;
  const { done: finished, total: all, unit } = progress;
  if (!isCount(finished) || !isCount(all)) return undefined;
  return { done: finished, total: all, unit: typeof unit === 'string' ? unit.slice(0, 40) : 'steps' };
}

function isCount(value: unknown): value is number {
  return Number.isFinite(value) && Number(value) >= 0;
}
