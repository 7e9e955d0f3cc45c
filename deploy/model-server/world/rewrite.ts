/** Rewrites a request by adding wordings to it or making it plainer. What is asked stays as it is. */
import { readQualities } from './prompt-qualities.ts';
import type { Random } from './random.ts';
import { asksForPlainness, wordings } from './wordings.ts';
import type { Wording } from './wordings.ts';
import { hasContent, sentencesOf } from './words.ts';

/** What an instruction asks for. */
export interface Intention {
  readonly wordings: readonly Wording[];
  readonly plainer: boolean;
}

const NEGATION = /\b(no|not|without|don't|never|avoid|remove|drop|less|fewer)\b[^.;,]{0,30}$/i;

/** Understands an instruction by its words; what is said not to be done is left out. */
export function understand(instruction: string): Intention {
  const asked = wordings.filter((wording) => {
    const match = wording.askedBy.exec(instruction);
    return match !== null && (wording.isNegative || !NEGATION.test(instruction.slice(0, match.index)));
  });
  return { wordings: asked, plainer: asksForPlainness.test(instruction) };
}

/** Adds one phrase of each wording that the request does not have yet. */
export function addWordings(request: string, added: readonly Wording[], random: Random): string {
  const present = readQualities(request);
  const missing = added.filter(({ quality }) => present[quality] === 0);
  const before = missing.filter(({ place }) => place === 'before').map(({ phrases }) => random.pick(phrases));
  const after = missing.filter(({ place }) => place === 'after').map(({ phrases }) => random.pick(phrases));
  return [...before, request.trim(), ...random.shuffle(after)].join(' ');
}

/** Takes out hedges and every sentence that is not about the request's subject. Never leaves nothing. */
export function makePlainer(request: string): string {
  const core = sentencesOf(request).filter((sentence) => hasContent(sentence));
  const plain = (core.length === 0 ? request : core.join(' '))
    .replace(/,?\s*\b(maybe|perhaps|kind of|sort of|i guess|somehow|or so|you know|please|kindly)\b,?/gi, '')
    .replace(/\s{2,}/g, ' ')
    .trim();
  return plain === '' ? request : plain;
}
