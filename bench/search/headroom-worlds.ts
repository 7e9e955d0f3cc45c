/** Drawn scores of a trial of the headroom, in worlds where the truth is known. */
import { UNTOUCHED, type HeadroomDecision, type TrialScore } from '../../activities/headroom/headroom.ts';
import { TRIAL } from '../../activities/headroom/trial.ts';
import { createRandom } from '../../activities/randomness/random.ts';

export interface HeadroomWorld {
  readonly right: HeadroomDecision;
  readonly scores: readonly TrialScore[];
}

/** `gain`: a wording that is 0.4 to 1 points better; `none`: none is; `ceiling`: answers are as good as can be; `noise`: judges that draw their scores. */
export const WORLD_KINDS = ['gain', 'none', 'ceiling', 'noise'] as const;
type WorldKind = (typeof WORLD_KINDS)[number];

const RIGHT: { readonly [Kind in WorldKind]: HeadroomDecision } = {
  gain: 'go',
  none: 'stop',
  ceiling: 'stop',
  noise: 'mend the rubric first',
};

/** Who scores every answer. */
export const JUDGES = 2;

export function drawWorld(kind: WorldKind, seed: number): HeadroomWorld {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const effects = Array.from({ length: TRIAL.wordings }, () => -0.4 * random());
  if (kind === 'gain') effects[Math.floor(random() * TRIAL.wordings)] = 0.4 + 0.6 * random();
  const bias = Array.from({ length: JUDGES }, () => 0.3 * normal());
  const scores: TrialScore[] = [];
  for (let prompt = 0; prompt < TRIAL.prompts; prompt += 1) {
    const base = kind === 'ceiling' ? 4.97 : 3.3 + 0.4 * normal();
    [0, ...effects].forEach((effect, index) => {
      const ownEffect = index === 0 || kind === 'noise' ? 0 : effect + 0.15 * normal();
      for (let sample = 0; sample < TRIAL.answers; sample += 1) {
        const quality = base + ownEffect + (kind === 'gain' || kind === 'none' ? 0.35 * normal() : 0);
        bias.forEach((lenience, judge) => {
          const heard = kind === 'ceiling' ? quality + 0.05 * normal() : quality + lenience + 0.35 * normal();
          const score = Math.min(5, Math.max(1, heard));
          const wording = index === 0 ? UNTOUCHED : `wording ${index}`;
          scores.push({ prompt, topic: String(Math.floor(prompt / 2)), wording, sample, judge, score });
        });
      }
    });
  }
  return { right: RIGHT[kind], scores };
}
