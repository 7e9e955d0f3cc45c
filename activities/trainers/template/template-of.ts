import { PROMPT_PLACE } from '../../../configs/settings/approaches.ts';

/** The template that leaves a prompt as it is. */
export const UNTOUCHED = PROMPT_PLACE;

/** The template that has made a text of a prompt; undefined where the prompt does not stand in it word for word. */
export function templateOf(basePrompt: string, text: string): string | undefined {
  const prompt = basePrompt.trim();
  return prompt !== '' && text.includes(prompt) ? text.replaceAll(prompt, () => PROMPT_PLACE) : undefined;
}
