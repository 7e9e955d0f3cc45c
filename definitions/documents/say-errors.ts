/** What ajv found, as people say it. Pure. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { sayTypes } from './schema-advice.ts';

/** What must be, of something that has been named: `must be >= 8`, `must be a list`, `must be a text at '0.name'`. */
export function sayErrors(errors: readonly ErrorObject[] | null | undefined): string {
  return (errors ?? []).map(sayError).join(', and ');
}

function sayError({ instancePath, keyword, message = 'is wrong', params }: ErrorObject): string {
  const allowed: unknown = params['allowedValues'];
  const text =
    keyword === 'type'
      ? `must be ${sayTypes(params['type'])}`
      : Array.isArray(allowed)
        ? `must be one of ${allowed.join(', ')}`
        : message;
  return instancePath === '' ? text : `${text} at '${instancePath.slice(1).replaceAll('/', '.')}'`;
}
