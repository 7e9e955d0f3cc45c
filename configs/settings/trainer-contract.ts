import { isFields } from '../../definitions/documents/fields.ts';
import type { Finding } from '../../definitions/documents/problem.ts';
import type { JsonSchema } from '../../definitions/model/types.ts';
import type { Path } from '../../definitions/model/walk-json.ts';

/** What the config must know of a trainer. */
export interface TrainerContract {
  /** Durable: the `trainer` of the config, its section there, the beginning of its versions, and the arm of the test. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Whether it trains weights of the role's model, which then must be a real one. Default: no. */
  readonly needsWeights?: true;
  /** JSON Schema of its section. One that requires nothing makes the section optional. */
  readonly settings: JsonSchema;
  /** Problems of a section that fits the schema, for what a schema cannot say. */
  check?(section: unknown): readonly (Finding & { readonly path: Path })[];
}

/** The section of a trainer; undefined where there is none. */
export function sectionOf(config: unknown, trainer: string): unknown {
  return isFields(config) && Object.hasOwn(config, trainer) ? config[trainer] : undefined;
}

/** In the config of fine-tuning: the training set is made, and nothing is trained on it. */
export const NO_TRAINER: TrainerContract = {
  name: 'none',
  description: 'The training set is made, and nothing is trained on it.',
  settings: { type: 'object' },
};
