/** The simulated variation model: rewrites a base prompt in the way that an approach describes, imperfectly. */
import { createRandom } from './random.ts';
import { addWordings, makePlainer, understand } from './rewrite.ts';
import { taggedText } from './tagged-text.ts';
import { wordings } from './wordings.ts';

const DOES_AS_ASKED = 0.85;
const ADDS_SOMETHING = 0.1;

/** Answers the message of `prompt_variation_input.txt` with the rewritten request. */
export function rewriteByApproach(message: string, seed: number | string, worldSeed: number): string {
  const random = createRandom('variation', worldSeed, seed, message);
  const request = taggedText(message, 'prompt') ?? message.trim();
  const approach = taggedText(message, 'approach') ?? '';
  const intention = understand(approach);
  const followed = intention.wordings.filter(() => random.chance(DOES_AS_ASKED));
  if (followed.length === 0 && intention.wordings.length > 0) followed.push(random.pick(intention.wordings));
  const isUnderstood = intention.wordings.length > 0 || intention.plainer;
  if (!isUnderstood || random.chance(ADDS_SOMETHING)) {
    const extra = random.pick(wordings);
    if (!followed.includes(extra)) followed.push(extra);
  }
  const core = intention.plainer && random.chance(DOES_AS_ASKED) ? makePlainer(request) : request;
  return addWordings(core, followed, random);
}
