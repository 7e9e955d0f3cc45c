import { parseText, renderText } from '../../../configs/checks/texts.ts';
import type { Message } from '../model-client.ts';

/**
 * The messages of a model call: the named sections of a text of `model_input/`, filled, in the order given. A section
 * `system` or `assistant` becomes a message of that role, any other one of the user.
 * Throws RangeError for a section or a placeholder's value that is missing; a checked text lacks no section.
 */
export function buildMessages(
  text: string,
  sections: readonly string[],
  values: { readonly [placeholder: string]: string },
): Message[] {
  const contents = parseText(text);
  return sections.map((section) => {
    const content = contents.get(section);
    if (content === undefined) throw new RangeError(`The text has no section '${section}'.`);
    return {
      role: section === 'system' || section === 'assistant' ? section : 'user',
      content: renderText(content, values),
    };
  });
}
