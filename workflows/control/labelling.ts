/** The labels that one task waits for: who has labelled how much of the sample. Pure. */
import type { LabelsUpdate } from '../messages.ts';
import type { LabelledSoFar } from '../state/outcomes.ts';

/** The value of a task that waited for labels. */
export interface Labelled {
  /** Whether so many people as were asked for have labelled the whole sample. */
  readonly complete: boolean;
  /** Who have labelled anything. */
  readonly labelers: number;
  /** Labels of all people together. */
  readonly labels: number;
}

export class Labelling {
  readonly #needed: number;
  readonly #byLabeler: Map<string, LabelledSoFar[string]>;

  /** @param known what had come in an earlier execution. */
  constructor(needed: number, known: LabelledSoFar = {}) {
    this.#needed = needed;
    this.#byLabeler = new Map(Object.entries(known));
  }

  /** What a person has labelled up to now; said again it changes nothing. */
  take({ labeler, labels, done = true }: LabelsUpdate): void {
    this.#byLabeler.set(labeler, { labels, done });
  }

  get value(): Labelled {
    const all = [...this.#byLabeler.values()].filter(({ labels }) => labels > 0);
    return {
      complete: all.filter(({ done }) => done).length >= this.#needed,
      labelers: all.length,
      labels: all.reduce((sum, { labels }) => sum + labels, 0),
    };
  }

  /** What another execution goes on with. */
  get soFar(): LabelledSoFar {
    return Object.fromEntries(this.#byLabeler);
  }

  /** `ada 40, ben 12 so far`; empty while nobody has. */
  get text(): string {
    return [...this.#byLabeler]
      .map(([labeler, { labels, done }]) => `${labeler} ${labels}${done ? '' : ' so far'}`)
      .join(', ');
  }
}
