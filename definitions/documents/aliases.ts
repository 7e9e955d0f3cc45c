/** What the aliases of a YAML document make of it. Pure. */
import { isAlias, isMap, isNode, isPair, isSeq, visit, type Alias, type Document, type Node } from 'yaml';
import { MAX_DEPTH, tooDeep } from './nesting.ts';
import type { Finding } from './problem.ts';

const MAX_ALIASES = 100;
/** Most values once every alias is replaced by what it stands for. */
const MAX_VALUES = 100_000;

interface Misplaced {
  readonly node: Node;
  readonly finding: Finding;
}

/** How many values something is with its aliases written out, and how deep. */
interface Extent {
  readonly values: number;
  readonly depth: number;
}

const SCALAR: Extent = { values: 1, depth: 0 };
const ADVICE = 'Write the value out where it is used.';

/** What is wrong with how deep a document is and with its aliases: `TOO_DEEP`, `TOO_MANY_ALIASES`, `ALIAS_CYCLE`, `UNKNOWN_ALIAS`. */
export function findExtentProblems(document: Document, contents: Node): readonly Misplaced[] {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  const [first] = aliases;
  const bomb: Finding = {
    code: 'TOO_MANY_ALIASES',
    message: 'Aliases make the document too large.',
    advice: ADVICE,
  };
  if (first !== undefined && aliases.length > MAX_ALIASES) return [{ node: first, finding: bomb }];
  const measure = new Measure();
  const { values, depth } = measure.of(contents);
  if (measure.wrong.length > 0) return measure.wrong;
  if (depth > MAX_DEPTH) return [{ node: measure.deepest ?? first ?? contents, finding: tooDeep() }];
  return first !== undefined && values > MAX_VALUES ? [{ node: first, finding: bomb }] : [];
}

class Measure {
  readonly wrong: Misplaced[] = [];
  deepest: Node | undefined;
  readonly #anchors = new Map<string, Node>();
  /** Of what has an anchor; undefined while it is being measured. */
  readonly #extents = new Map<Node, Extent | undefined>();

  of(node: unknown, level = 0): Extent {
    if (isPair(node)) return sum([this.of(node.key, level), this.of(node.value, level)], 0);
    if (!isNode(node)) return SCALAR;
    if (isAlias(node)) return this.#ofAlias(node);
    if (level > MAX_DEPTH) this.deepest ??= node;
    const { anchor } = node;
    if (anchor !== undefined) {
      this.#anchors.set(anchor, node);
      this.#extents.set(node, undefined);
    }
    const inner: readonly unknown[] = isMap(node) || isSeq(node) ? node.items : [];
    const extent =
      isMap(node) || isSeq(node)
        ? sum(
            inner.map((item) => this.of(item, level + 1)),
            1,
          )
        : SCALAR;
    if (anchor !== undefined) this.#extents.set(node, extent);
    return extent;
  }

  /** What it stands for has been measured before it, or is around it. */
  #ofAlias(alias: Alias): Extent {
    const target = this.#anchors.get(alias.source);
    const extent = target && this.#extents.get(target);
    if (extent !== undefined) return extent;
    const [code, message, advice] =
      target === undefined
        ? ([
            'UNKNOWN_ALIAS',
            `There is no anchor '&${alias.source}'.`,
            'Write the value out, or quote the text.',
          ] as const)
        : ([
            'ALIAS_CYCLE',
            `The alias '*${alias.source}' stands inside the value it stands for.`,
            ADVICE,
          ] as const);
    this.wrong.push({ node: alias, finding: { code, message, advice } });
    return SCALAR;
  }
}

function sum(parts: readonly Extent[], deeper: number): Extent {
  let [values, depth] = [1, 0];
  for (const part of parts) {
    values += part.values;
    depth = Math.max(depth, part.depth);
  }
  return { values, depth: depth + deeper };
}
