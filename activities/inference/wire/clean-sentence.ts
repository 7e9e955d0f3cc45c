/** Longest part of a server's message that is passed on, in UTF-16 code units. */
const LENGTH = 500;

/** What a server says, fit to stand in a message, a log and a table: on one line, cut, and without the API key. */
export function cleanSentence(said: string, secret: string | undefined): string {
  const safe = secret === undefined ? said : said.replaceAll(secret, '[API key]');
  const line = safe
    .slice(0, 4 * LENGTH)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length <= LENGTH ? line : `${line.slice(0, LENGTH - 1).replace(/\p{Cs}$/u, '')}…`;
}
