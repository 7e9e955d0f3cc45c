/** The text of a user's file, in pieces: UTF-8 or, by its mark, UTF-16; also compressed by gzip. Nothing is guessed. */
import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { ImportError } from './import-error.ts';

const CHUNK_BYTES = 1 << 18;

/** Marks of encodings, longer ones first. */
const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0xff, 0xfe, 0, 0], encoding: 'utf-32' },
  { bytes: [0, 0, 0xfe, 0xff], encoding: 'utf-32' },
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

/**
 * @param path absolute.
 * @param file as the user named it.
 * @throws ImportError `WRONG_ENCODING` (with the line and the byte), `NUL_CHARACTER`, `BAD_COMPRESSION`
 */
export async function* openText(path: string, file: string): AsyncGenerator<string> {
  const bytes = readBytes(path, file);
  let decoder: TextDecoder | undefined;
  let encoding = 'utf-8';
  let line = 1;
  let offset = 0;
  let endedInReturn = false;

  const count = (text: string): string => {
    const nul = text.indexOf('\0');
    const [breaks, endsInReturn] = countBreaks(nul === -1 ? text : text.slice(0, nul), endedInReturn);
    line += breaks;
    endedInReturn = endsInReturn;
    if (nul === -1) return text;
    const what = 'has a NUL character: the file is no text, or one in UTF-16 without a byte order mark';
    throw new ImportError('NUL_CHARACTER', file, what, { line });
  };
  /** Where the piece, decoded after all before it, stops being text. */
  const refuse = (piece: Uint8Array, isLast: boolean): ImportError => {
    const good = decodableLength(piece, encoding);
    const before = new TextDecoder(encoding).decode(piece.subarray(0, good), { stream: true });
    const at = line + countBreaks(before, endedInReturn)[0];
    const byte = piece[good];
    const found =
      byte === undefined || isLast
        ? 'ends in the middle of a character'
        : `has the byte 0x${byte.toString(16).padStart(2, '0')} at offset ${offset + good}`;
    const advice = encoding === 'utf-8' ? `is not UTF-8` : `is not ${encoding.toUpperCase()}`;
    return new ImportError('WRONG_ENCODING', file, `${advice}: it ${found}. Save the file as UTF-8`, {
      line: at,
    });
  };

  let carried: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    let piece = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    if (decoder === undefined) {
      const mark = MARKS.find((known) => known.bytes.every((byte, index) => piece[index] === byte));
      encoding = mark?.encoding ?? 'utf-8';
      if (encoding === 'utf-32') throw new ImportError('WRONG_ENCODING', file, 'is UTF-32. Save it as UTF-8');
      decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
      piece = piece.subarray(mark?.bytes.length ?? 0);
      offset = mark?.bytes.length ?? 0;
    }
    // What may be the first half of a character waits for the rest.
    const cut = piece.length - openEnd(piece, encoding);
    const whole = piece.subarray(0, cut);
    carried = piece.subarray(cut);
    let text: string;
    try {
      text = decoder.decode(whole);
    } catch {
      throw refuse(whole, false);
    }
    offset += whole.length;
    yield count(text);
  }
  if (carried.length > 0) throw refuse(carried, true);
}

async function* readBytes(path: string, file: string): AsyncGenerator<Buffer> {
  const first = await firstBytes(path);
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const isCompressed = first[0] === 0x1f && first[1] === 0x8b;
  const stream = isCompressed ? source.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : source;
  source.on('error', (error) => stream.destroy(error));
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (!isCompressed || !(error instanceof Error) || !('errno' in error)) throw error;
    throw new ImportError('BAD_COMPRESSION', file, `is not whole as gzip: ${error.message}`, {
      cause: error,
    });
  } finally {
    source.destroy();
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: 1 }) as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Bytes at the end of a piece that begin a character without ending it. */
function openEnd(piece: Uint8Array, encoding: string): number {
  if (encoding !== 'utf-8') {
    const odd = piece.length % 2;
    const last = piece[piece.length - odd - (encoding === 'utf-16le' ? 1 : 2)];
    const isHalf = last !== undefined && last >= 0xd8 && last <= 0xdb;
    return isHalf ? odd + 2 : odd;
  }
  for (let back = 1; back <= Math.min(3, piece.length); back += 1) {
    const byte = piece[piece.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** Bytes of a piece that are text, up to the first that is not. */
function decodableLength(piece: Uint8Array, encoding: string): number {
  const decodes = (length: number): boolean => {
    try {
      new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(piece.subarray(0, length), {
        stream: true,
      });
      return true;
    } catch {
      return false;
    }
  };
  let good = 0;
  let bad = piece.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  const decoded = decodes(bad) ? bad : good;
  return decoded - openEnd(piece.subarray(0, decoded), encoding);
}

/** Line breaks (`\n`, `\r\n` or `\r`) in a piece, and whether it ends in a `\r`, to which a `\n` may yet come. */
function countBreaks(text: string, afterReturn: boolean): readonly [breaks: number, endsInReturn: boolean] {
  let breaks = 0;
  let wasReturn = afterReturn;
  for (let offset = 0; offset < text.length; offset += 1) {
    const char = text.charCodeAt(offset);
    if (char === 0x0d || (char === 0x0a && !wasReturn)) breaks += 1;
    wasReturn = char === 0x0d;
  }
  return [breaks, wasReturn];
}
