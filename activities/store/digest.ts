import { createHash } from 'node:crypto';
import { StoreError } from './store-error.ts';

/**
 * JSON with the keys of every object in the order of their UTF-16 code units and no white space (RFC 8785), so that
 * equal values have equal texts. Properties that are `undefined` are left out, as JSON.stringify does.
 * Throws `StoreError` `NOT_JSON` for what JSON cannot say (NaN, infinities, bigints, functions, cycles, class instances),
 * because it would come back as something else.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', new Set());
}

/** sha256 (hex) of the canonical JSON of a value. Throws like `canonicalJson`. */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function write(value: unknown, path: string, ancestors: Set<object>): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value !== 'object')
    throw notJson(path, typeof value === 'number' ? String(value) : `a ${typeof value}`);
  if (ancestors.has(value)) throw notJson(path, 'a cycle');
  ancestors.add(value);
  const text = Array.isArray(value)
    ? writeArray(value, path, ancestors)
    : writeObject(value, path, ancestors);
  ancestors.delete(value);
  return text;
}

function writeArray(items: readonly unknown[], path: string, ancestors: Set<object>): string {
  return `[${Array.from(items, (item, index) => write(item, `${path}[${index}]`, ancestors)).join(',')}]`;
}

function writeObject(object: object, path: string, ancestors: Set<object>): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null)
    throw notJson(path, `a ${object.constructor.name}`);
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  // Not localeCompare: the order must be the same on every machine.
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${write(value, `${path}.${key}`, ancestors)}`).join(',')}}`;
}

function notJson(path: string, found: string): StoreError {
  return new StoreError('NOT_JSON', `${path} is ${found}, which JSON cannot hold.`);
}
