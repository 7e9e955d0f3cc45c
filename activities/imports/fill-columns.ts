/** Templates of a task: texts that name columns of the prompts file, as `{{input}}`. Pure. */
import { placeholdersOf, renderText } from '../../configs/checks/texts.ts';
import { fieldOf, fieldText, type PromptFields } from './prompt-fields.ts';

/** The columns that a template names, each once, in the order they stand. */
export function columnsNamedIn(template: string): readonly string[] {
  return [...new Set(placeholdersOf(template))];
}

/** The template with a row's values; a column that the row lacks is an empty text. Values go in as they are. */
export function fillColumns(template: string, fields: PromptFields): string {
  const values = columnsNamedIn(template).map((column) => {
    const value = fieldOf(fields, column) ?? null;
    return [column, value === null ? '' : fieldText(value)] as const;
  });
  return renderText(template, Object.fromEntries(values));
}

/** A text as a part of a template in which nothing is filled. */
export function asLiteral(text: string): string {
  return text.replaceAll('{{', '{ {').replaceAll('}}', '} }');
}
