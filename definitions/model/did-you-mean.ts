/** The known name that a wrong one was probably meant to be. Pure. */

/**
 * Edits (insert, delete, replace, swap two neighbours) that make `left` into `right`: the optimal string alignment
 * distance, Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2.
 *
 * @param most what is further away need not be told apart: any number above it is given. Default: without limit.
 */
export function editDistance(left: string, right: string, most = Infinity): number {
  let beforePrevious = new Uint16Array(right.length + 1);
  let previous = Uint16Array.from({ length: right.length + 1 }, (_, column) => column);
  let current = new Uint16Array(right.length + 1);
  for (let row = 1; row <= left.length; row += 1) {
    current[0] = row;
    let least = row;
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = (previous[column - 1] ?? 0) + (same ? 0 : 1);
      cost = Math.min(cost, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      current[column] = cost;
      least = Math.min(least, cost);
    }
    // Two rows decide the next: a swap reaches over one.
    if (least > most + 1) return least;
    [beforePrevious, previous, current] = [previous, current, beforePrevious];
  }
  return previous[right.length] ?? 0;
}

/** Of a shorter name any other is near. */
const shortest = 3;
/** Of more names only those are looked at that begin or end alike. */
const MAX_NAMES = 300;
/** Pairs of letters that are compared for one guess. */
const MAX_PAIRS = 100_000;

/**
 * The nearest known name, at most a third of its letters away, a short one at none (whatever its case); undefined if there is none
 * so near. Of many names not all are looked at.
 */
function nearest(wrong: string, known: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  let pairs = 0;
  for (const name of known.length > MAX_NAMES ? alike(wrong, known) : known) {
    if (Math.abs(name.length - wrong.length) > 8) continue;
    pairs += wrong.length * name.length;
    if (pairs > MAX_PAIRS) break;
    const isShort = Math.min(wrong.length, name.length) < shortest;
    const most = isShort ? 0 : Math.floor(Math.max(wrong.length, name.length) / 3);
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase(), most);
    if (distance <= most && distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  return best?.name;
}

function alike(wrong: string, known: readonly string[]): readonly string[] {
  const [begin, end] = [wrong.slice(0, 3), wrong.slice(-3)];
  return known.filter((name) => name.endsWith(end) || name.startsWith(begin));
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
