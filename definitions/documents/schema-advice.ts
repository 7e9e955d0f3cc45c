/** What would be right instead of what violates a schema. Pure. */
import { didYouMean } from '../model/did-you-mean.ts';
import { KIND_KEYS } from '../model/task-kind.ts';
import { isFields } from './fields.ts';
import { foreignWord } from './foreign-words.ts';
import { sayType } from './schema-types.ts';
import { hideSecrets } from './secret.ts';
import type { JsonSchema } from '../model/types.ts';

/** A value in a message: its first characters, without keys. */
export function show(value: unknown): string {
  const text = hideSecrets(JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

export function sayTypes(types: unknown): string {
  return [types]
    .flat()
    .map((type) => sayType(String(type)))
    .join(' or ');
}

/** What a text must look like, with examples. */
export function describePattern(schema: JsonSchema): string {
  const examples = Array.isArray(schema['examples'])
    ? schema['examples'].slice(0, 4).map(String).join(', ')
    : '';
  const description =
    typeof schema['description'] === 'string'
      ? schema['description']
      : `It must match ${String(schema['pattern'])}.`;
  return examples === '' ? description : `${description} Such as ${examples}.`;
}

/** What would be right instead of a key that is not known. */
export function adviseOnKey(key: string, known: readonly string[], owner: unknown): string {
  const value = isFields(owner) ? owner[key] : undefined;
  const isTask = isFields(value) && KIND_KEYS.some((kind) => Object.hasOwn(value, kind));
  if (isTask && isFields(owner) && (known.includes('tasks') || Object.hasOwn(owner, 'tasks')))
    return `It looks like a task: write it under 'tasks', indented further than 'tasks' is.`;
  const advice = foreignWord(key, known) ?? didYouMean(key, known);
  const mayBeInput = isFields(owner) && Object.hasOwn(owner, 'activity') && advice.startsWith('Known here');
  return mayBeInput ? `If it is an input of the activity, write it under 'with'. ${advice}` : advice;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

/** What would be right instead of a value of the wrong type: the schema's own example, or the value in the right form. */
export function adviseOnType(type: unknown, value: unknown, schema: JsonSchema): string {
  const wanted = `Write ${sayTypes(type)}`;
  if (schema['title'] === 'Duration') return describePattern(schema);
  const [given] = Array.isArray(schema['examples']) ? schema['examples'] : [];
  const example: unknown =
    isCount(value) && [type].flat().includes('array') ? `\${ range(${value}) }` : given;
  // Keys need no quotes in YAML.
  if (example !== undefined) {
    const text = JSON.stringify(example).replaceAll(/"(\w+)":/g, '$1: ');
    return `${wanted}, such as ${text.replaceAll(/,(?=\w+: )/g, ', ')}.`;
  }
  if (type === 'array' && typeof value !== 'object')
    return `${wanted}: [${show(value).replace(/^"(.*)"$/s, '$1')}].`;
  if (type === 'string' && typeof value !== 'object') return `${wanted}, in quotes: '${show(value)}'.`;
  return `${wanted}.`;
}

/** A name of several words in the form that is asked for, if that makes it one. */
export function camelCased(name: string, schema: JsonSchema): string {
  const joined = name
    .replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  const isName = typeof schema['pattern'] === 'string' && new RegExp(schema['pattern']).test(joined);
  return isName && joined !== name ? ` Such as '${joined}'.` : '';
}
