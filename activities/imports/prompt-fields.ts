/** The columns of the prompts file beside the prompt: what texts may name of them, and checks see. */
import { fieldsNamedIn } from '../../configs/checks/texts.ts';
import { isFields } from '../../definitions/documents/fields.ts';
import type { Value } from '../../definitions/model/types.ts';
import { parseForeignJson } from './exact-json.ts';

/** Values by column; those that are not there are left out. */
export type PromptFields = { readonly [column: string]: Value };

/** Those of a row of `base_prompts`; a number that JSON's readers would change is a text of its digits. @param json its column `fields`. */
export function readPromptFields(json: unknown): PromptFields {
  const value = typeof json === 'string' ? parseForeignJson(json) : undefined;
  return isFields<Value>(value) ? value : {};
}

/** What fills the placeholders of a text that name fields; or the first field that is named and not there. */
export function fieldValues(
  text: string,
  fields: PromptFields,
): { readonly values: { readonly [placeholder: string]: string } } | { readonly lacking: string } {
  const values: [string, string][] = [];
  for (const name of fieldsNamedIn(text)) {
    const value = fieldOf(fields, name);
    if (value === undefined) return { lacking: name };
    values.push([`fields.${name}`, fieldText(value)]);
  }
  return { values: Object.fromEntries(values) };
}

/** The field of a column, whatever the case of its name; undefined if there is none. */
export function fieldOf(fields: PromptFields, column: string): Value | undefined {
  const name = Object.keys(fields).find((known) => isSameColumn(known, column));
  return name === undefined ? undefined : fields[name];
}

/** Whether two names mean one column: columns of a file differ by more than their case. */
export function isSameColumn(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** A field as a text: texts as they are, anything else as JSON. */
export function fieldText(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
