/** The known name that a wrong one was probably meant to be. Pure. */

/**
 * Edits (insert, delete, replace, swap two neighbours) that make `left` into `right`: the optimal string alignment
 * distance, Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2.
 */
export function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const costs = [
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        ...(swapped ? [(beforePrevious[column - 2] ?? 0) + 1] : []),
      ];
      current.push(Math.min(...costs));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** Of a shorter name any other is near. */
const shortest = 3;

/**
 * The nearest known name, at most a third of its letters away, a short one at none (whatever its case); undefined if there is none
 * so near.
 */
function nearest(wrong: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    if (Math.abs(name.length - wrong.length) > 8) continue;
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    const isShort = Math.min(wrong.length, name.length) < shortest;
    const near = distance <= (isShort ? 0 : Math.floor(Math.max(wrong.length, name.length) / 3));
    if (near && distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  return best?.name;
}

/**
 * Advice on a wrong name: `Did you mean 'x'?`, else the known names.
 *
 * @param shown how many of the known names at the most, at least 1; default 20.
 */
export function didYouMean(wrong: string, known: Iterable<string>, shown = 20): string {
  const names = [...known];
  const guess = wrong.length > 200 ? undefined : nearest(wrong, names);
  if (guess !== undefined) return `Did you mean '${guess}'?`;
  if (names.length === 0) return 'There is none to choose from: remove it.';
  return `Known here: ${names.slice(0, shown).join(', ')}${names.length > shown ? ', …' : ''}.`;
}
