/** A text as one word of a command that is printed for people to copy, in quotes where a shell needs them: `'a b'`. Pure. */
export function shellWord(text: string): string {
  return /^[\w@+:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
