/** Keys that got into a file by mistake: to be refused, and never to be shown. Pure. */

/** Forms of well-known keys and tokens, and anything as long and mixed as one. */
const SECRET =
  /\b(?:sk-[A-Za-z0-9_-]{12,}|hf_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|xox[abpr]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{12,}|AIza[A-Za-z0-9_-]{20,}|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_.-]{10,}|(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{32,})/g;
/** What stands where a key is sent: after `Bearer`, or in the query of a URL. */
const SENT =
  /(?=[\w.~+/-])(?<=\bbearer\s{1,10}|[?&](?:api[_-]?key|key|token|access_token|secret|password)=)(?=[\w.~+/-]*[0-9])[\w.~+/-]{12,}/gi;
const URL_CREDENTIALS = /(?<=:\/\/)[^\s/@'"]+@/g;

export function looksLikeSecret(text: string): boolean {
  return text.search(SECRET) !== -1 || text.search(SENT) !== -1;
}

/**
 * What is said of a key that stands in a file; never repeats it.
 *
 * @param nameIt where the variable is to be named, as the middle of a sentence.
 */
export function secretFinding<Code extends 'SECRET_IN_CONFIG' | 'SECRET_IN_FILE'>(
  code: Code,
  nameIt: string,
): { code: Code; message: string; advice: string } {
  const message = 'This looks like a key; keys must not stand in files.';
  const advice = `Put the key into an environment variable of the worker, name the variable ${nameIt}, and replace the key: it may have been seen.`;
  return { code, message, advice };
}

function dots(secret: string): string {
  return '•'.repeat(secret.length);
}

/** The text with every secret in it as dots, of the same length. */
export function hideSecrets(text: string): string {
  return text
    .replaceAll(SECRET, dots)
    .replaceAll(SENT, dots)
    .replaceAll(URL_CREDENTIALS, (found) => `${dots(found.slice(1))}@`);
}
