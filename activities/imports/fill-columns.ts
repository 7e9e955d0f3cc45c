/** Templates of a task: texts that name columns of the prompts file, as `{{input}}`. Pure. */
import { placeholdersOf } from '../../configs/checks/texts.ts';
import { fieldOf, fieldText, type PromptFields } from './prompt-fields.ts';

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The columns that a template names, each once, in the order they stand. */
export function columnsNamedIn(template: string): readonly string[] {
  return [...new Set(placeholdersOf(template))];
}

/** The template with a row's values; a column that the row lacks is an empty text. Values go in as they are. */
export function fillColumns(template: string, fields: PromptFields): string {
  return template.replaceAll(PLACE, (_, name: string) => {
    const value = fieldOf(fields, name);
    return value === undefined || value === null ? '' : fieldText(value);
  });
}

/** A text as a part of a template in which nothing is filled. */
export function asLiteral(text: string): string {
  return text.replaceAll('{{', '{ {').replaceAll('}}', '} }');
}
