import { DURATION } from '../../definitions/model/duration.ts';
import type { JsonSchema } from '../../definitions/model/types.ts';

/** A duration in an activity's input. */
export const durationSchema: JsonSchema = {
  type: 'string',
  pattern: DURATION,
  description: 'A duration such as 500ms, 30s, 5m, 12h or 7d.',
};
