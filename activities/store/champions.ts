/** Files that name the promoted of several versions, and all that were promoted before it, so that one can go back. */
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

/** One change of the champion. */
export interface Promotion {
  readonly version: string;
  /** The run whose test it won; empty if somebody promoted it by hand. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly promotedAt: string;
  /** Champion to go back to; null if there was none before. */
  readonly previous: string | null;
  /** What made it champion. Default `gate`: a test. */
  readonly by?: 'gate' | 'operator' | 'rollback';
}

/** Content of `champion.json`: the champion, and all changes before, oldest first. */
export interface Champion extends Promotion {
  readonly history?: readonly Promotion[];
}

/** The champion that a file names; undefined if there is no such file. */
export async function readChampionFile(store: Store, file: string): Promise<Champion | undefined> {
  const content = await store.readFile(file);
  return content === undefined ? undefined : (JSON.parse(content) as Champion);
}

/**
 * Makes a version the champion, atomically; doing it twice leaves what doing it once leaves.
 * @param run empty = by hand.
 * @param over leaves the champion if it is no longer this version; empty = none. Default: whichever it is.
 * @returns the champion, which is another one if it was not `over`.
 */
export async function promoteIn(
  store: Store,
  file: string,
  version: string,
  run: string,
  over?: string,
): Promise<Champion> {
  return changeChampion(store, file, (current) => {
    if (over !== undefined && over !== (current?.version ?? '')) return undefined;
    if (current?.version === version && current.run === run) return undefined;
    return {
      version,
      run,
      promotedAt: new Date().toISOString(),
      // Promoted again by another run: what was there before it still is what to go back to.
      previous: (current?.version === version ? current.previous : current?.version) ?? null,
      by: run === '' ? 'operator' : 'gate',
    };
  });
}

/**
 * Makes the champion before the present one champion again.
 * @param whose whom it is the champion of, for the message.
 * @throws StoreError `NO_EARLIER_CHAMPION`
 */
export async function rollBackIn(store: Store, file: string, whose: string): Promise<Champion> {
  return changeChampion(store, file, (current) => {
    if (current === undefined || current.previous === null)
      throw new StoreError(
        'NO_EARLIER_CHAMPION',
        `There is no earlier champion of '${whose}' to go back to.`,
      );
    const version = current.previous;
    const earlier = current.history?.findLast((promotion) => promotion.version === version);
    return {
      version,
      run: earlier?.run ?? '',
      promotedAt: new Date().toISOString(),
      previous: earlier?.previous ?? null,
      by: 'rollback',
    };
  });
}

/** All changes of a champion, oldest first, the present one last. */
export function promotionsOf(champion: Champion | undefined): readonly Promotion[] {
  if (champion === undefined) return [];
  const { history = [], ...last } = champion;
  return [...history, last];
}

/** @param decide on the champion of the moment; undefined leaves it. Asked again where another process was faster. */
async function changeChampion(
  store: Store,
  file: string,
  decide: (current: Champion | undefined) => Promotion | undefined,
): Promise<Champion> {
  let champion: Champion | undefined;
  await store.changeFile(file, (content) => {
    const current: Champion | undefined = content === undefined ? undefined : JSON.parse(content);
    const promotion = decide(current);
    champion = promotion === undefined ? current : { ...promotion, history: promotionsOf(current) };
    return promotion && `${JSON.stringify(champion, null, 2)}\n`;
  });
  // Whoever leaves it as it is has found one.
  return champion!;
}
