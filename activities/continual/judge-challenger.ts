import type { Activity } from '../activity.ts';
import { compareTwo, estimateOf, judgeClaim } from '../claims/judge-claim.ts';
import type { ClaimOutcome } from '../claims/ledger.ts';
import { registrationSchema, type Registration } from '../claims/registration.ts';
import type { Estimate } from '../report/metrics.ts';
import { estimateSchema } from '../schemas.ts';
import { writeGateVerdict } from '../store/model-registry.ts';
import type { Contender } from './contenders.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface JudgeInput {
  readonly challenger: string;
  /** What was registered before the gate was answered. */
  readonly registration: Registration;
}

export interface JudgeOutput {
  readonly promote: boolean;
  /** `open`: the same challenger is looked at again in the next round. */
  readonly outcome: ClaimOutcome;
  readonly reason: string;
  /** Of the challenger over its opponent, on the fresh prompts of all looks; its interval is at the level of one look. */
  readonly gain: Estimate;
  /** One-sided p-value of no gain; null where nothing could be compared. */
  readonly p: number | null;
  /** Of the challenger over the untouched prompts. */
  readonly challengerLevel: Estimate;
  /** Of the champion over the untouched prompts; zero without one. */
  readonly championLevel: Estimate;
  readonly prompts: number;
  readonly topics: number;
}

const none: Estimate = { mean: 0, low: null, high: null };

/** The gate: compares the challenger with the champion on prompts that neither has seen, and says which to use. */
export const judgeChallenger: Activity<JudgeInput, JudgeOutput> = {
  name: 'judgeChallenger',
  description: 'Compares the challenger with the champion on the prompts of the gate.',
  taskQueue: 'prose',
  cacheable: 'it enters its look in the ledger of claims',
  input: objectSchema({ challenger: { type: 'string', minLength: 1 }, registration: registrationSchema }),
  output: objectSchema({
    promote: { type: 'boolean' },
    outcome: { type: 'string', enum: ['open', 'proven', 'dropped'] },
    reason: { type: 'string' },
    gain: estimateSchema,
    p: { type: ['number', 'null'] },
    challengerLevel: estimateSchema,
    championLevel: estimateSchema,
    prompts: { type: 'integer' },
    topics: { type: 'integer' },
  }),
  async run({ challenger, registration }, context) {
    const { store, run, log } = context;
    const { champion } = registration;
    const { answered, judges, ...verdict } = await judgeClaim(registration, challenger, context);
    const levelOf = (own: Contender): Estimate => {
      const [arm] = compareTwo(answered, own, 'baseline', { judges }, context).arms;
      return arm === undefined ? none : estimateOf(arm.gain);
    };
    const { outcome, reason, gain } = verdict;
    const promote = outcome === 'proven';
    await writeGateVerdict(store, 'prompt_optimization', challenger, {
      run: run.runId,
      opponent: champion,
      promote,
      reason,
      gain,
    });
    log.info({ challenger, champion, promote }, reason);
    return {
      ...verdict,
      promote,
      challengerLevel: levelOf('challenger'),
      championLevel: champion === '' ? none : levelOf('champion'),
    };
  },
};
