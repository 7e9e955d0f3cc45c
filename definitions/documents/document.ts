/** A YAML file as a JSON value that remembers where in the text each of its parts stands. Used for definitions and configs. */
import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type Node } from 'yaml';
import { Lines } from './lines.ts';
import type { Found, Problem } from './problem.ts';
import type { Value } from '../model/types.ts';
import type { Path } from '../model/walk-json.ts';

/** `tasks.train.needs[0]`. */
function formatPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** Parsed YAML: its JSON value, and the places of its parts. */
export class SourceDocument {
  /** Relative to the project's root. */
  readonly file: string;
  readonly text: string;
  readonly value: Value;
  readonly #document: Document;
  readonly #lines: Lines;

  /** @param document without aliases that lead to themselves; of equal keys the last counts. */
  constructor(file: string, text: string, document: Document) {
    this.file = file;
    this.text = text;
    this.#document = document;
    this.#lines = new Lines(text);
    const value: Value = document.toJS({ maxAliasCount: -1 });
    this.value = value;
  }

  /**
   * What was found as a problem of this file: at the value (or its key) under the path, at the nearest part around it if
   * there is none. An `offset` is kept as far as the text stands in the file as it is.
   */
  locate({ code, message, advice, at, place = 'value', offset = 0 }: Found): Problem {
    const { key, value } = this.#find(at);
    const node = place === 'key' ? (key ?? value) : (value ?? key);
    const start = node?.range?.[0] ?? 0;
    const shift = place === 'value' ? this.#shift(node, offset) : 0;
    const { line, column } = this.#lines.placeOf(start + shift);
    return { code, message, advice, file: this.file, path: formatPath(at), line, column };
  }

  /** How far into a scalar's source the character `offset` of its value lies: quotes stand before it, folding may move it. */
  #shift(node: Node | undefined, offset: number): number {
    if (!isScalar(node) || typeof node.value !== 'string' || node.range == null || offset === 0) return 0;
    const source = this.text.slice(node.range[0], node.range[1]);
    const whole = source.indexOf(node.value);
    if (whole !== -1) return whole + offset;
    const rest = source.indexOf(node.value.slice(offset, offset + 12).trimEnd());
    return Math.max(rest, 0);
  }

  #find(path: Path): { key?: Node; value?: Node } {
    let key: Node | undefined;
    let value: Node | undefined = this.#document.contents ?? undefined;
    for (const step of path) {
      const owner: unknown = isAlias(value) ? value.resolve(this.#document) : value;
      let next: Node | undefined;
      if (isMap(owner)) {
        const pair = owner.items.findLast(
          (item) => isScalar(item.key) && String(item.key.value) === String(step),
        );
        if (pair === undefined) break;
        key = isNode(pair.key) ? pair.key : undefined;
        next = isNode(pair.value) ? pair.value : undefined;
      } else if (isSeq(owner)) {
        const item = owner.items[Number(step)];
        if (!isNode(item)) break;
        key = undefined;
        next = item;
      } else break;
      value = next;
    }
    return { ...(key === undefined ? {} : { key }), ...(value === undefined ? {} : { value }) };
  }
}
