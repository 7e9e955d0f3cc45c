/**
 * The one place that knows the secrets of a process, and hides them in whatever leaves it: as they are, in base64 (alone or inside
 * a longer text), in hex, URL-encoded (also each byte, or twice), escaped for JSON or HTML, and cut off at any place.
 */

import { looksLikeSecret } from './secret.ts';

/** Shorter values are not hidden: they would be found everywhere. */
const LEAST_LENGTH = 6;
/** Length of a piece by which a secret is known: where it has a digit or both cases, and any other. */
const MIXED_PIECE = 8;
const PLAIN_PIECE = 12;
/** Fewest different characters of a piece: `--------` is nobody's secret. */
const LEAST_DIFFERENT = 5;

/** Variables that hold secrets, by their names. */
const SECRET_NAME =
  /(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASS|PASSPHRASE|CREDENTIALS?|AUTH|PAT|COOKIE|PRIVATE)(?:_|$)/i;
/** Values that are none, whatever the name says: paths, URLs without credentials, words, numbers. */
const PLAIN = /^(?:~?\.{0,2}\/[^\s]*|[a-z][a-z+]*:\/\/[^@\s]*|[a-z]{1,12}|[A-Z]{1,12}|[\d.]{1,7})$/;
const URL_PASSWORD = /:\/\/[^\s/:@]*:([^\s/@]+)@/;

export class SecretKeeper {
  /** Pieces of all forms of all secrets, by their length. */
  readonly #pieces = new Map<number, Set<string>>();
  /** Whether a piece begins with two characters of this sum: most places of a text are passed over by it. */
  readonly #starts = new Uint8Array(1 << 16);

  /** One that knows the secrets of an environment, as far as they are known by name or form. */
  static of(environment: { readonly [name: string]: string | undefined }): SecretKeeper {
    const keeper = new SecretKeeper();
    for (const [name, value] of Object.entries(environment)) keeper.keepVariable(name, value);
    return keeper;
  }

  /** Remembers a secret; gives it back. */
  keep<Value extends string | undefined>(secret: Value): Value {
    const value = secret?.trim() ?? '';
    if (value.length >= LEAST_LENGTH) for (const form of formsOf(value)) this.#addForm(form);
    return secret;
  }

  /** Remembers a variable's value if its name says that it is a secret, or its form; of an address, its password. */
  keepVariable(name: string, value = ''): void {
    const password = URL_PASSWORD.exec(value)?.[1];
    if (password !== undefined) this.keep(password);
    if (looksLikeSecret(value) || (SECRET_NAME.test(name) && !PLAIN.test(value.trim()))) this.keep(value);
  }

  /** The text with dots where secrets, or pieces of them, were; as long as before. */
  hide(text: string): string {
    return this.#hide(text, '•');
  }

  /** The same in every text of a JSON value; the value itself if there is nothing to hide. */
  hideIn<Value>(value: Value): Value {
    return this.#pieces.size === 0 ? value : (this.#hideIn(value) as Value);
  }

  /** The same in an error, its causes and its details; changes and returns the error. */
  hideInError<Failure extends Error>(error: Failure): Failure {
    if (this.#pieces.size === 0) return error;
    let each: unknown = error;
    for (let depth = 0; each instanceof Error && depth < 20; depth += 1) {
      const found: Error & { details?: unknown } = each;
      found.message = this.hide(found.message);
      if (found.stack !== undefined) found.stack = this.hide(found.stack);
      if (found.details !== undefined) found.details = this.hideIn(found.details);
      each = found.cause;
    }
    return error;
  }

  /** Hides in bytes that come in parts, also what is cut by their borders; what it holds back comes with `end`. */
  hideBytes(): { push(part: Uint8Array): Buffer; end(): Buffer } {
    /** What was given out last, for pieces that begin there. */
    let before = '';
    let held = '';
    const give = (text: string): Buffer => {
      const whole = this.#hide(before + text, '*');
      const given = whole.slice(before.length, whole.length - held.length);
      before = (before + text).slice(0, whole.length - held.length).slice(-PLAIN_PIECE);
      return Buffer.from(given, 'latin1');
    };
    return {
      push: (part) => {
        // Bytes as characters: a secret's own are in that form, too.
        const text = held + Buffer.from(part.buffer, part.byteOffset, part.length).toString('latin1');
        held = text.slice(-PLAIN_PIECE);
        return give(text);
      },
      end: () => {
        const text = held;
        held = '';
        return give(text);
      },
    };
  }

  #addForm(form: string): void {
    if (form.length <= PLAIN_PIECE) this.#addPiece(form);
    for (let from = 0; from + MIXED_PIECE <= form.length; from += 1) {
      const short = form.slice(from, from + MIXED_PIECE);
      if (isMixed(short)) this.#addPiece(short);
      const long = form.slice(from, from + PLAIN_PIECE);
      if (long.length === PLAIN_PIECE && new Set(long).size >= LEAST_DIFFERENT) this.#addPiece(long);
    }
  }

  #addPiece(piece: string): void {
    const ofLength = this.#pieces.get(piece.length) ?? new Set();
    this.#pieces.set(piece.length, ofLength.add(piece));
    this.#starts[startOf(piece, 0)] = 1;
  }

  #hide(text: string, dot: string): string {
    if (this.#pieces.size === 0) return text;
    let hidden = '';
    let done = 0;
    let from = -1;
    let until = 0;
    const close = (): void => {
      hidden += text.slice(done, from) + dot.repeat(until - from);
      done = until;
    };
    for (let offset = 0; offset + LEAST_LENGTH <= text.length; offset += 1) {
      if (this.#starts[startOf(text, offset)] === 0) continue;
      const end = this.#endOfPiece(text, offset);
      if (end === undefined) continue;
      if (from !== -1 && offset > until) close();
      if (from === -1 || offset > until) from = offset;
      until = Math.max(until, end);
    }
    if (from === -1) return text;
    close();
    return hidden + text.slice(done);
  }

  #endOfPiece(text: string, offset: number): number | undefined {
    let end: number | undefined;
    for (const [length, pieces] of this.#pieces)
      if (pieces.has(text.slice(offset, offset + length))) end = Math.max(end ?? 0, offset + length);
    return end;
  }

  #hideIn(value: unknown): unknown {
    if (typeof value === 'string') return this.hide(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#hideIn(item));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    const entries = Object.entries(value);
    const kept = entries.map(([key, entry]) => [this.hide(key), this.#hideIn(entry)] as const);
    const isSame = kept.every(
      ([key, entry], index) => key === entries[index]?.[0] && entry === entries[index]?.[1],
    );
    return isSame ? value : Object.fromEntries(kept);
  }
}

function startOf(text: string, offset: number): number {
  return (text.charCodeAt(offset) * 31 + text.charCodeAt(offset + 1)) & 0xffff;
}

function isMixed(piece: string): boolean {
  const isOdd = /\d/.test(piece) || (/[a-z]/.test(piece) && /[A-Z]/.test(piece));
  return isOdd && new Set(piece).size >= LEAST_DIFFERENT;
}

const HTML: { readonly [char: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Every way in which a secret may be written. */
function formsOf(secret: string): ReadonlySet<string> {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((shift) => base64Inside(bytes, shift));
  return new Set([
    secret,
    // As characters of one byte each, for whatever is looked at as bytes.
    bytes.toString('latin1'),
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replaceAll('%20', '+'),
    url.replaceAll(/%../g, (code) => code.toLowerCase()),
    encodeURIComponent(url),
    secret.replaceAll(/[&<>"']/g, (char) => HTML[char] ?? char),
    ...[hex, hex.toUpperCase()].map((digits) => digits.replaceAll(/../g, '%$&')),
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ]);
}

/** The characters of base64 that follow from the bytes alone when `shift` others stand before them. */
function base64Inside(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}
