/**
 * What was claimed of trained versions in a lineage, and every look that was taken at it: the file
 * `models/prompt_optimization/claims-<lineage>.json`. A run opens one claim at most and looks once; an attempt made again finds what
 * it wrote, and is the same claim and the same look. Durable.
 */
import type { Store } from '../store/store.ts';
import { nextLevel } from '../statistics/error-budget.ts';

/** How one look ended. */
export interface Look {
  /** The run that took it. */
  readonly run: string;
  /** One-sided p-value of no gain, over all that was seen up to this look; null where nothing could be compared. */
  readonly p: number | null;
}

/** `open`: it will be looked at again. `dropped`: no look is left, or none would help. */
export type ClaimOutcome = 'open' | 'proven' | 'dropped';

/** That a version is better than another. */
export interface Claim {
  /** The run that opened it, which names it. */
  readonly id: string;
  /** The version that is to be proven better. Empty until it is trained. */
  readonly version: string;
  /** The champion that it is to beat; empty = the untouched prompts. */
  readonly over: string;
  /** Who judges, as `digestPanel` has it. Left out by earlier versions. */
  readonly panel?: string;
  /** One-sided error level of the claim, over all its looks. */
  readonly level: number;
  /** Most looks that may be taken. */
  readonly looks: number;
  readonly taken: readonly Look[];
  readonly outcome: ClaimOutcome;
}

/** A claim to be opened. */
export type NewClaim = Pick<Claim, 'id' | 'version' | 'over' | 'panel' | 'looks'>;

/** All claims of a lineage, in the order in which they were opened. */
export async function readClaims(store: Store, lineage: string): Promise<readonly Claim[]> {
  return parseClaims(await store.readFile(fileOf(lineage)));
}

/** The claim of this id, opened with the next error level unless it is there. */
export async function openClaim(store: Store, lineage: string, opened: NewClaim): Promise<Claim> {
  return changeClaims(store, lineage, opened.id, (claims) => {
    if (claims.some(({ id }) => id === opened.id)) return undefined;
    const level = nextLevel(
      claims.map((claim) => ({ level: claim.level, isProven: claim.outcome === 'proven' })),
    );
    return [...claims, { ...opened, level, taken: [], outcome: 'open' }];
  });
}

/**
 * Enters a look and what became of the claim by it. The same run's second entry takes the place of its first.
 * @param version the version that was looked at.
 */
export async function recordLook(
  store: Store,
  lineage: string,
  id: string,
  { version, outcome, ...look }: Look & Pick<Claim, 'version' | 'outcome'>,
): Promise<Claim> {
  return changeClaims(store, lineage, id, (claims) =>
    claims.map((claim) => {
      if (claim.id !== id) return claim;
      const isRepeated = claim.taken.some(({ run }) => run === look.run);
      const taken = isRepeated
        ? claim.taken.map((other) => (other.run === look.run ? look : other))
        : [...claim.taken, look];
      return { ...claim, version, taken, outcome };
    }),
  );
}

/**
 * The claim that a run goes on with: the newest that is about this champion, still open, judged by the same panel, and has a look
 * left. What other judges said cannot be counted together with what these will say: then another claim is opened, at its own
 * share of the budget. A run that has looked already finds the claim that it looked at. Pure.
 */
export function findStandingClaim(
  claims: readonly Claim[],
  { champion, panel, run }: { readonly champion: string; readonly panel: string; readonly run: string },
): Claim | undefined {
  return claims.findLast(({ id, over, panel: own = panel, outcome, taken, looks }) => {
    const earlier = taken.filter((look) => look.run !== run);
    const isOpen = outcome === 'open' || earlier.length < taken.length;
    return (
      id !== run &&
      over === champion &&
      own === panel &&
      isOpen &&
      earlier.length > 0 &&
      earlier.length < looks
    );
  });
}

async function changeClaims(
  store: Store,
  lineage: string,
  id: string,
  change: (claims: readonly Claim[]) => readonly Claim[] | undefined,
): Promise<Claim> {
  let claims: readonly Claim[] = [];
  await store.changeFile(fileOf(lineage), (content) => {
    const before = parseClaims(content);
    const after = change(before);
    claims = after ?? before;
    return after === undefined ? undefined : `${JSON.stringify({ lineage, claims: after }, null, 2)}\n`;
  });
  const claim = claims.find((other) => other.id === id);
  if (claim === undefined) throw new Error(`The claim '${id}' is not among those of the lineage ${lineage}.`);
  return claim;
}

function parseClaims(content: string | undefined): readonly Claim[] {
  return content === undefined ? [] : (JSON.parse(content) as { readonly claims: readonly Claim[] }).claims;
}

function fileOf(lineage: string): string {
  return `models/prompt_optimization/claims-${lineage}.json`;
}
