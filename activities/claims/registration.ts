/** What a run is going to claim, pinned in its history before any prompt of its test is answered. */
import type { JsonSchema } from '../../definitions/model/types.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';
import type { SplitDigests } from './split-digests.ts';

export interface Registration {
  /** The claim of the lineage's ledger that this run looks at. */
  readonly claim: string;
  readonly lineage: string;
  /** Which claim of the lineage it is, from 1. */
  readonly place: number;
  /** The one arm of the test that something is claimed of. */
  readonly arm: string;
  /** Version that is to be proven better; empty where this run trains it. */
  readonly challenger: string;
  /** The champion that it is to beat; empty = the untouched prompts. */
  readonly champion: string;
  /** Points that the gain must exceed. */
  readonly margin: number;
  /** One-sided error level of the claim, over all its looks. */
  readonly level: number;
  /** Most looks at the claim, and which of them this is, from 1. */
  readonly looks: number;
  readonly look: number;
  /** Runs whose looks came before: their prompts count with this run's. */
  readonly earlierRuns: readonly string[];
  readonly prompts: SplitDigests;
}

export const registrationSchema: JsonSchema = objectSchema({
  claim: { type: 'string' },
  lineage: { type: 'string' },
  place: { type: 'integer' },
  arm: { type: 'string' },
  challenger: { type: 'string' },
  champion: { type: 'string' },
  margin: { type: 'number' },
  level: { type: 'number' },
  looks: { type: 'integer' },
  look: { type: 'integer' },
  earlierRuns: { type: 'array', items: { type: 'string' } },
  prompts: { type: 'object' },
});

/**
 * What of the run is not as it was registered, as a clause; null if all is. Splits that came later (the regression set) were
 * registered by no one.
 */
export function findDeviation(
  registered: Pick<Registration, 'arm' | 'margin' | 'prompts'>,
  found: Pick<Registration, 'arm' | 'margin' | 'prompts'>,
): string | null {
  if (registered.arm !== found.arm)
    return `the arm '${registered.arm}' was registered, and the test is about '${found.arm}'`;
  if (registered.margin !== found.margin)
    return `a margin of ${registered.margin} was registered, and the test has ${found.margin}`;
  const changed = Object.keys(registered.prompts).filter(
    (split) => registered.prompts[split]?.digest !== found.prompts[split]?.digest,
  );
  return changed.length === 0
    ? null
    : `the prompts of the split ${changed.join(', ')} are not those that were registered`;
}
