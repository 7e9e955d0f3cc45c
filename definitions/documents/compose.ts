/** YAML text to the library's document; reading ends at the first breach of the syntax. */
import { Composer, Parser, type Document } from 'yaml';

/** What the library says of a text, and at which character. */
export interface Breach {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
}

/** Breaches that end nothing are read on after, up to so many. */
const MAX_BREACHES = 1_000;

/** What the library marks a place with. */
type Marked = number | readonly [number, number] | { readonly offset: number };

class Stopped extends Error {}

/**
 * The document of a text, or what is wrong with it.
 *
 * @param isNoise whether all that is said after a breach of this code is noise. The library goes on all the same, and takes
 * minutes over a text of nothing but breaches.
 */
export function compose(text: string, isNoise: (code: string) => boolean): Document | readonly Breach[] {
  const breaches: Breach[] = [];
  let isOver = false;
  const note = (at: Marked, code: string, message: string, isWarning = false): void => {
    if (isWarning) return;
    // The library catches what is thrown here at each level, and says so.
    if (isOver) throw new Stopped();
    const offset = typeof at === 'number' ? at : 'offset' in at ? at.offset : at[0];
    breaches.push({ code, message, offset });
    isOver = isNoise(code) || breaches.length === MAX_BREACHES;
    if (isOver) throw new Stopped();
  };
  const composer = new Composer({
    uniqueKeys: false,
    stringKeys: true,
    strict: true,
    version: '1.2',
    schema: 'core',
  });
  // The library has no other way to be told while it reads.
  Object.assign(composer, { onError: note });
  let document: Document | undefined;
  try {
    for (const next of composer.compose(new Parser().parse(text), true, text.length)) {
      if (document === undefined) document = next;
      else note(next.range[0], 'MULTIPLE_DOCS', '');
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  return document === undefined || breaches.length > 0 ? breaches : document;
}
