/** The bytes of an answer as a text: unpacked, and by the encoding that they, or the server, name. */
import { TextDecoder } from 'node:util';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { Readable, type Transform } from 'node:stream';
import { collectBytes } from '../../attempts/answers-of-servers.ts';
import { ActivityError } from '../../attempts/errors.ts';

/** Types whose answers are bytes, whatever they look like. */
const BINARY_TYPES =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:octet-stream|zip|gzip|pdf)\b)/i;

/** Marks that name an encoding, over whatever the server says. */
const MARKS: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** What the bytes 0x80 to 0x9F are in windows-1252, which is what the web means by Latin-1: Node 20 leaves them as they are. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

/**
 * The bytes of a body without its `content-encoding`.
 *
 * @param subject who answered, the beginning of a sentence.
 * @throws ActivityError `ANSWER_TOO_LARGE`, `UNKNOWN_ENCODING`, and `BROKEN_ANSWER` (retryable) for what is not whole.
 */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  contentEncoding: string,
  maxBytes: number,
  subject: string,
): Promise<Buffer> {
  const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const collected = await collectBytes(chunks, maxBytes);
    if (collected !== undefined) return collected;
    const what = `${subject} answers with more than ${maxBytes} bytes.`;
    throw new ActivityError('ANSWER_TOO_LARGE', `${what} Fetch it with a command, into a file.`);
  };
  let bytes = await collect(body);
  // The coding that was applied last stands last.
  for (const coding of contentEncoding.toLowerCase().split(',').toReversed()) {
    const unpack = bytes.length === 0 ? undefined : unpackerOf(coding.trim(), bytes, subject);
    if (unpack === undefined) continue;
    try {
      bytes = await collect(Readable.from([bytes]).pipe(unpack));
    } catch (error) {
      if (error instanceof ActivityError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ActivityError(
        'BROKEN_ANSWER',
        `${subject} answers with what is no whole ${coding}: ${reason}.`,
        {
          retryable: true,
          cause: error,
        },
      );
    }
  }
  return bytes;
}

function unpackerOf(coding: string, bytes: Buffer, subject: string): Transform | undefined {
  if (coding === '' || coding === 'identity') return undefined;
  if (coding === 'gzip' || coding === 'x-gzip') return createGunzip();
  if (coding === 'br') return createBrotliDecompress();
  // Some servers send `deflate` without the header of zlib, whose first byte says so.
  if (coding === 'deflate') return ((bytes[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
  const what = `${subject} answers in the content encoding '${coding}'; gzip, deflate and br are read.`;
  throw new ActivityError('UNKNOWN_ENCODING', what);
}

/**
 * The text of a body, without a byte order mark.
 *
 * @throws ActivityError `BINARY_ANSWER` for what is no text, `UNKNOWN_CHARSET`
 */
export function decodeBody(bytes: Buffer, contentType: string, subject: string): string {
  const [marked] = MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte)) ?? [];
  const named = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  const charset = marked ?? named ?? 'utf-8';
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    const advice = "Give 'base64: true' to have its bytes.";
    throw new ActivityError(
      'UNKNOWN_CHARSET',
      `${subject} answers in the charset '${charset}', which is not read. ${advice}`,
    );
  }
  try {
    const decoded = decoder.decode(bytes);
    const text = decoder.encoding === 'windows-1252' ? fromWindows(decoded) : decoded;
    const isText = !BINARY_TYPES.test(contentType) || bytes.length === 0;
    if (
      isText &&
      (named !== undefined || marked !== undefined || !text.includes('\0') || isTextType(contentType))
    )
      return text;
  } catch {
    // Said below.
  }
  const type = contentType === '' ? 'of no type' : `of the type ${contentType.slice(0, 100)}`;
  const what = `${subject} answers with bytes (${type}) that are no text in ${charset}.`;
  throw new ActivityError(
    'BINARY_ANSWER',
    `${what} Give 'base64: true' to have them, or fetch them with a command.`,
  );
}

function fromWindows(text: string): string {
  return text.replaceAll(/[\u0080-\u009F]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);
}

function isTextType(contentType: string): boolean {
  return /^text\/|\bjson\b|\bxml\b/i.test(contentType);
}
