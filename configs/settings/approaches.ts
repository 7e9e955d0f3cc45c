/** Approaches that need no model. */

/** Where a template has the base prompt. */
export const PROMPT_PLACE = '{prompt}';

/** The base prompt as a template has it. */
export function fillTemplate(template: string, basePrompt: string): string {
  return template.replaceAll(PROMPT_PLACE, () => basePrompt);
}
