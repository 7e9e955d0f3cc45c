/** The one way over a JSON value. Pure; runs inside the workflow sandbox. */
import type { Value } from './types.ts';

/** Where in a value: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

export interface PlacedValue {
  readonly value: Value;
  readonly at: Path;
}

export interface PlacedText {
  readonly text: string;
  readonly at: Path;
}

/** The value, and every value in it at any depth, each before those inside it. */
export function* walkJson(value: Value, at: Path = []): Generator<PlacedValue> {
  yield { value, at };
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const [key, inner] of Object.entries(value))
    yield* walkJson(inner, [...at, isList ? Number(key) : key]);
}

/** Every text in a value; not the keys of maps. */
export function* textsIn(value: Value, at: Path = []): Generator<PlacedText> {
  for (const { value: inner, at: place } of walkJson(value, at))
    if (typeof inner === 'string') yield { text: inner, at: place };
}

/** Whether a value has an expression in it, at any depth. */
export function hasExpression(value: Value): boolean {
  for (const { text } of textsIn(value)) if (text.includes('${')) return true;
  return false;
}
