/** A YAML file as a JSON value that remembers where in the text each of its parts stands. Used for definitions and configs. */
import { Lexer, isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument as parseYaml } from 'yaml';
import { visit, type Alias, type Document, type Node, type Pair, type YAMLError } from 'yaml';
import type { Checked, Problem } from './problem.ts';
import type { Value } from '../model/types.ts';
import type { Path } from '../model/walk-json.ts';

/** What a problem says; the document adds where. */
export type Finding = Pick<Problem, 'code' | 'message' | 'advice'>;

const MAX_DEPTH = 64;
/** Deepest indentation, in columns. */
const MAX_INDENT = 400;
const MAX_ALIASES = 100;
/** Most values once every alias is replaced by what it stands for. */
const MAX_VALUES = 100_000;

/** `tasks.train.needs[0]`. */
function formatPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** Line and column (from 1) of a character (from 0). The library's own counter loses count where it reports errors. */
function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r(?!$)/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Parsed YAML: its JSON value, and the places of its parts. */
export class SourceDocument {
  /** Relative to the project's root. */
  readonly file: string;
  readonly text: string;
  readonly value: Value;
  readonly #document: Document;

  constructor(file: string, text: string, document: Document) {
    this.file = file;
    this.text = text;
    this.#document = document;
    const value: Value = document.toJS({ maxAliasCount: -1 });
    this.value = value;
  }

  /**
   * A problem at the value (or its key) under a path; at the nearest part around it if there is none.
   *
   * @param offset character of a text value that is meant (0-based); kept as far as the text stands in the file as it is.
   */
  problem(finding: Finding, path: Path, place: 'key' | 'value' = 'value', offset?: number): Problem {
    const { line, column } = this.#position(path, place, offset);
    return { ...finding, file: this.file, path: formatPath(path), line, column };
  }

  #position(path: Path, place: 'key' | 'value', offset = 0): { line: number; column: number } {
    const { key, value } = this.#find(path);
    const node = place === 'key' ? (key ?? value) : (value ?? key);
    const start = node?.range?.[0] ?? 0;
    return placeOf(this.text, start + (place === 'value' ? this.#shift(node, offset) : 0));
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

/** What the lexer adds to the text's own characters: byte order mark, start of document, error in a list, scalar. */
const MARKS: ReadonlySet<string> = new Set(['\uFEFF', '\u0002', '\u0018', '\u001F']);

/** Deep nesting overflows the parser's stack and ends the process, so it is looked for in the tokens before. */
function deepAt(text: string): number {
  let offset = 0;
  let flow = 0;
  let indicators = 0;
  let lineStart = true;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === '[' || lexeme === '{') flow += 1;
    else if (lexeme === ']' || lexeme === '}') flow -= 1;
    else if (lexeme === '-' || lexeme === '?' || lexeme === ':') indicators += 1;
    if (flow > MAX_DEPTH || indicators > 2 * MAX_DEPTH) return offset;
    if (lineStart && flow === 0 && lexeme.length > MAX_INDENT && lexeme.trim() === '') return offset;
    lineStart = lexeme.endsWith('\n');
    if (lineStart) indicators = 0;
    if (!MARKS.has(lexeme)) offset += lexeme.length;
  }
  return -1;
}

const CODES: { readonly [yamlCode: string]: { readonly code: string; readonly advice: string } } = {
  DUPLICATE_KEY: { code: 'DUPLICATE_KEY', advice: 'Remove one of them: every key may stand once.' },
  TAB_AS_INDENT: { code: 'TAB_INDENTATION', advice: 'Indent with spaces.' },
  MULTIPLE_DOCS: { code: 'SEVERAL_DOCUMENTS', advice: "Keep one document in a file: remove the line '---'." },
  NON_STRING_KEY: { code: 'KEY_NOT_TEXT', advice: 'Use plain words as keys.' },
};

function keyAt(text: string, offset: number): string {
  return /^["']?([^"':\s]{1,60})/.exec(text.slice(offset, offset + 64))?.[1] ?? '';
}

function syntaxFinding(error: YAMLError, text: string): Finding {
  const { code, advice } = CODES[error.code] ?? {
    code: 'YAML_SYNTAX',
    advice: 'Look at quotes, brackets and indentation here and on the line before.',
  };
  if (code === 'DUPLICATE_KEY')
    return { code, message: `The key '${keyAt(text, error.pos[0])}' stands twice.`, advice };
  if (text.slice(0, error.pos[0]).endsWith('$') && text[error.pos[0]] === '{')
    return {
      code,
      message: 'An expression stands here without quotes.',
      advice: "Put quotes around it: '${ … }'.",
    };
  const message =
    code === 'SEVERAL_DOCUMENTS' ? 'The file has several documents.' : `${error.message.slice(0, 120)}.`;
  return { code, message, advice };
}

/** Values of the document with every alias written out; throws the finding for a cycle or too many. */
function findAliasProblem(
  document: Document,
): { readonly node: Alias; readonly finding: Finding } | undefined {
  const sizes = new Map<Node, number>();
  const open = new Set<Node>();
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  const [first] = aliases;
  if (first === undefined) return undefined;
  const advice = 'Write the value out where it is used.';
  const bomb = { code: 'TOO_MANY_ALIASES', message: `Aliases make the document too large.`, advice };
  if (aliases.length > MAX_ALIASES) return { node: first, finding: bomb };
  let cycle: Alias | undefined;
  function size(node: unknown): number {
    if (isPair(node)) return size(node.key) + size(node.value);
    if (!isNode(node)) return 1;
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined) return 1;
      if (open.has(target)) cycle ??= node;
      return open.has(target) ? 1 : size(target);
    }
    const known = sizes.get(node);
    if (known !== undefined) return known;
    open.add(node);
    const inner: readonly unknown[] = isMap(node) || isSeq(node) ? node.items : [];
    const total = inner.reduce<number>((sum, item) => sum + size(item), 1);
    open.delete(node);
    sizes.set(node, total);
    return total;
  }
  const total = size(document.contents);
  if (cycle !== undefined) {
    const message = `The alias '*${cycle.source}' stands inside the value it stands for.`;
    return { node: cycle, finding: { code: 'ALIAS_CYCLE', message, advice } };
  }
  return total > MAX_VALUES ? { node: first, finding: bomb } : undefined;
}

const PLAIN_TAGS = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** What YAML allows and JSON does not, and what makes a file hard to read: each with the node it stands at. */
function* findRefused(document: Document): Generator<{ readonly node: Node; readonly finding: Finding }> {
  const found: { node: Node; finding: Finding }[] = [];
  visit(document, {
    Node: (_, node) => {
      if (node.tag !== undefined && !PLAIN_TAGS.test(node.tag))
        found.push({
          node,
          finding: {
            code: 'TAG_REFUSED',
            message: `The tag '${node.tag}' means nothing here.`,
            advice: 'Remove it.',
          },
        });
      if (isAlias(node) && node.resolve(document) === undefined)
        found.push({
          node,
          finding: {
            code: 'UNKNOWN_ALIAS',
            message: `There is no anchor '&${node.source}'.`,
            advice: 'Write the value out, or quote the text.',
          },
        });
      if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value))
        found.push({
          node,
          finding: {
            code: 'WRONG_TYPE',
            message: `${node.value} is no number in JSON.`,
            advice: 'Write a finite number.',
          },
        });
    },
    Pair: (_, pair: Pair) => {
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN')
        found.push({
          node: pair.key,
          finding: {
            code: 'MERGE_KEY',
            message: "Merge keys ('<<') are not supported.",
            advice: 'Write the merged keys out.',
          },
        });
    },
  });
  yield* found;
}

/**
 * Parses one YAML 1.2 document. Problems (all of them at once, as far as the text can be read): `YAML_SYNTAX`,
 * `DUPLICATE_KEY`, `TAB_INDENTATION`, `SEVERAL_DOCUMENTS`, `KEY_NOT_TEXT`, `TOO_DEEP`, `TOO_MANY_ALIASES`, `ALIAS_CYCLE`,
 * `UNKNOWN_ALIAS`, `MERGE_KEY`, `TAG_REFUSED`, `WRONG_TYPE`, `EMPTY_FILE`.
 *
 * @param mayRepeatKeys the last of equal keys counts: to see what else is wrong with a file.
 */
export function parseDocument(
  text: string,
  file: string,
  { mayRepeatKeys = false }: { readonly mayRepeatKeys?: boolean } = {},
): Checked<SourceDocument> {
  const at = (finding: Finding, offset: number): Problem => ({
    ...finding,
    file,
    path: '',
    ...placeOf(text, offset),
  });
  const deep = deepAt(text);
  if (deep !== -1) {
    const message = `The document is nested more than ${MAX_DEPTH} deep.`;
    return { ok: false, problems: [at({ code: 'TOO_DEEP', message, advice: 'Nest less.' }, deep)] };
  }
  const document = parseYaml(text, {
    prettyErrors: false, uniqueKeys: !mayRepeatKeys, stringKeys: true, strict: true, version: '1.2', schema: 'core',
  }) as Document; // prettier-ignore
  // After the first breach of the syntax the parser is lost, and what it says is noise.
  const firstBreach = document.errors.find(({ code }) => CODES[code] === undefined);
  const problems = document.errors
    .filter((error) => error === firstBreach || CODES[error.code] !== undefined)
    .map((error) => at(syntaxFinding(error, text), error.pos[0]));
  if (problems.length > 0) return { ok: false, problems };
  if (document.contents === null)
    return {
      ok: false,
      problems: [
        at({ code: 'EMPTY_FILE', message: 'The file is empty.', advice: 'Fill it, or remove it.' }, 0),
      ],
    };
  const refused = [...findRefused(document)].map(({ node, finding }) => at(finding, node.range?.[0] ?? 0));
  const alias = findAliasProblem(document);
  if (alias !== undefined) refused.push(at(alias.finding, alias.node.range?.[0] ?? 0));
  if (refused.length > 0) return { ok: false, problems: refused };
  return { ok: true, value: new SourceDocument(file, text, document), warnings: [] };
}
