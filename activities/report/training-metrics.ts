/** What a run's metrics say of its training. Durable, as the rest of `metrics.json`. */
import type { TestedLesson } from '../trainers/lessons.ts';
import type { Share } from './estimates.ts';

/** The arm of the fine-tuned main model by itself: what is claimed of it is that tuning helps. Durable. */
export const TUNED = 'tuned';

/** How the loss of a training of weights went. */
export interface LossCurve {
  /** Whose weights: `prompt-optimization model` or `main model`. */
  readonly model: string;
  readonly trainer: string;
  /** Mean loss of a step's rows, and of the held-out rows where a look was taken at them. */
  readonly points: readonly {
    readonly step: number;
    readonly loss?: number;
    readonly heldOutLoss?: number;
  }[];
}

export interface TrainingSummary {
  /** Name of the trainer, and of the arm that uses what it made. */
  readonly trainer: string;
  readonly trainPairs: number;
  readonly heldOutPairs: number;
  /** Share of held-out pairs ordered rightly; 0.5 is chance. Null if there were none. */
  readonly heldOutAccuracy: Share | null;
  /** As sent to the prompt-optimization model, e.g. `Asking for examples (helps)`. */
  readonly lessons: readonly string[];
  /** What putting just one wording into training prompts did, strongest first; null or absent where nothing was tried. */
  readonly triedLessons?: readonly TestedLesson[] | null;
  /** What the scores of rewritings rest on, the heaviest first: sentences that were added to several prompts. */
  readonly carriers?: readonly Carrier[];
}

interface Carrier {
  readonly text: string;
  /** Log-odds of being preferred. */
  readonly weight: number;
  readonly prompts: number;
}
