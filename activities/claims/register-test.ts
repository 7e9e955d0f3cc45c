import type { Activity } from '../activity.ts';
import { lineageOf } from '../continual/rounds.ts';
import { digestPanel } from './digest-panel.ts';
import { findStandingClaim, openClaim, readClaims } from './ledger.ts';
import { readOpponent } from './opponent.ts';
import { registrationSchema, type Registration } from './registration.ts';
import { digestSplits } from './split-digests.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface RegisterTestInput {
  /** The arm that something is claimed of. Default: the one that uses what the run trains as `prose optimize` does. */
  readonly arm?: string;
  /** Version that is to be proven better. Default: the one that this run trains. */
  readonly challenger?: string;
  /** Most looks at a claim, each in a run of its own. Default 1. */
  readonly looks?: number;
}

/** Points that a gain must exceed. */
export const MARGIN = 0;

/** Says what a run is going to claim, before any prompt of its test is answered: the arm, the opponent, the error level, the looks, the prompts. */
export const registerTest: Activity<RegisterTestInput, Registration> = {
  name: 'registerTest',
  description:
    'Pins what the test will claim before it is answered: arm, opponent, error level, looks and prompts.',
  taskQueue: 'prose',
  cacheable: 'it takes its share of the error budget',
  input: objectSchema(
    {
      arm: { type: 'string', minLength: 1 },
      challenger: { type: 'string' },
      looks: { type: 'integer', minimum: 1 },
    },
    ['arm', 'challenger', 'looks'],
  ),
  output: registrationSchema,
  async run({ arm, challenger = '', looks = 1 }, context) {
    const { store, run, settings, log } = context;
    const lineage = lineageOf(settings);
    const champion = await readOpponent(context);
    const panel = digestPanel(settings);
    const standing = findStandingClaim(await readClaims(store, lineage), { champion, panel, run: run.runId });
    const claim =
      standing?.version === challenger
        ? standing
        : await openClaim(store, lineage, {
            id: run.runId,
            version: challenger,
            over: champion,
            panel,
            looks,
          });
    const earlierRuns = claim.taken.map((look) => look.run).filter((other) => other !== run.runId);
    const registered: Registration = {
      claim: claim.id,
      lineage,
      place: (await readClaims(store, lineage)).findIndex(({ id }) => id === claim.id) + 1,
      arm: arm ?? settings.promptOptimization.trainer,
      challenger,
      champion: claim.over,
      margin: MARGIN,
      level: claim.level,
      looks: claim.looks,
      look: earlierRuns.length + 1,
      earlierRuns,
      prompts: await digestSplits(context),
    };
    log.info({ ...registered }, 'the test is registered');
    return registered;
  },
};
