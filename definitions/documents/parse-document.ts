/** Text to a YAML document, with all that is refused in it. */
import { isDocument, isScalar, visit, type Document, type Node } from 'yaml';
import { findExtentProblems } from './aliases.ts';
import { compose, type Breach } from './compose.ts';
import { SourceDocument } from './document.ts';
import { Lines } from './lines.ts';
import { findBeyond } from './nesting.ts';
import type { Finding, Problem } from './problem.ts';

const CODES: { readonly [yamlCode: string]: Pick<Finding, 'code' | 'advice'> } = {
  TAB_AS_INDENT: { code: 'TAB_INDENTATION', advice: 'Indent with spaces.' },
  MULTIPLE_DOCS: { code: 'SEVERAL_DOCUMENTS', advice: "Keep one document in a file: remove the line '---'." },
  NON_STRING_KEY: { code: 'KEY_NOT_TEXT', advice: 'Use plain words as keys.' },
};

function syntaxFinding({ code: breach, message: said, offset }: Breach, text: string): Finding {
  const known = CODES[breach];
  if (known?.code === 'SEVERAL_DOCUMENTS') return { ...known, message: 'The file has several documents.' };
  if (text.slice(0, offset).endsWith('$') && text[offset] === '{') {
    const message = 'An expression stands here without quotes.';
    return { code: 'YAML_SYNTAX', message, advice: "Put quotes around it: '${ … }'." };
  }
  const advice = 'Look at quotes, brackets and indentation here and on the line before.';
  return { code: 'YAML_SYNTAX', advice, ...known, message: `${said.slice(0, 120)}.` };
}

const PLAIN_TAGS = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** Whether a number is the one that stands in the file; of fractions every reader knows so many digits only. */
function isExact(value: number, source: string | undefined): boolean {
  const digits = source?.replace(/^\+/, '');
  if (digits === undefined) return true;
  if (value === 0) return !SMALL.test(digits);
  return Number.isSafeInteger(value) || !INTEGER.test(digits);
}

/** As YAML's core schema writes them. */
const INTEGER = /^(?:-?\d+(?:\.0*)?|0x[\da-f]+|0o[0-7]+)$/i;
/** More than zero. */
const SMALL = /^-?[\d.]*[1-9]/;

interface Refused {
  readonly node: Node;
  readonly finding: Finding;
}

/** What YAML allows and JSON does not, and what makes a file hard to read: each with the node it stands at. */
function findRefused(document: Document): readonly Refused[] {
  const found: Refused[] = [];
  const refuse = (node: Node, code: Finding['code'], message: string, advice: string): void =>
    void found.push({ node, finding: { code, message, advice } });
  visit(document, {
    Node: (_, node) => {
      if (node.tag !== undefined && !PLAIN_TAGS.test(node.tag))
        refuse(node, 'TAG_REFUSED', `The tag '${node.tag.slice(0, 80)}' means nothing here.`, 'Remove it.');
      if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value))
        refuse(node, 'WRONG_TYPE', `${node.value} is no number in JSON.`, 'Write a finite number.');
      else if (isScalar(node) && typeof node.value === 'number' && !isExact(node.value, node.source)) {
        const why =
          node.value === 0 ? 'no number is so small' : 'whole numbers are exact up to 9007199254740991';
        const message = `${node.source} would become ${node.value}: ${why}.`;
        refuse(node, 'WRONG_TYPE', message, 'Put quotes around it, if it is a name or an id.');
      }
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '<<' && key.type === 'PLAIN')
        refuse(key, 'MERGE_KEY', "Merge keys ('<<') are not supported.", 'Write the merged keys out.');
    },
  });
  return found;
}

/** The library's own search for equal keys looks at every key for every other. */
function findDuplicates(document: Document): readonly Refused[] {
  const found: Refused[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) {
          const message = `The key '${name.slice(0, 60)}' stands twice.`;
          const advice = 'Remove one of them: every key may stand once.';
          found.push({ node: key, finding: { code: 'DUPLICATE_KEY', message, advice } });
        }
        seen.add(name);
      }
    },
  });
  return found;
}

export type ParsedDocument =
  | { readonly ok: true; readonly value: SourceDocument; readonly warnings: readonly Problem[] }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /** The document all the same, where nothing is wrong but keys that stand twice: to see what else is. */
      readonly readable?: SourceDocument;
    };

/**
 * Parses one YAML 1.2 document. Problems (all of them at once, as far as the text can be read): `YAML_SYNTAX`,
 * `DUPLICATE_KEY`, `TAB_INDENTATION`, `SEVERAL_DOCUMENTS`, `KEY_NOT_TEXT`, `TOO_DEEP`, `TOO_MANY_ALIASES`, `ALIAS_CYCLE`,
 * `UNKNOWN_ALIAS`, `MERGE_KEY`, `TAG_REFUSED`, `WRONG_TYPE`, `EMPTY_FILE`.
 */
export function parseDocument(text: string, file: string): ParsedDocument {
  const lines = new Lines(text);
  const at = (finding: Finding, offset: number): Problem => ({
    ...finding,
    file,
    path: '',
    ...lines.placeOf(offset),
  });
  const atNode = ({ node, finding }: Refused): Problem => at(finding, node.range?.[0] ?? 0);
  const beyond = findBeyond(text);
  if (beyond !== undefined) return { ok: false, problems: [at(beyond.finding, beyond.offset)] };
  const document = compose(text, (code) => CODES[code] === undefined);
  if (!isDocument(document))
    return { ok: false, problems: document.map((breach) => at(syntaxFinding(breach, text), breach.offset)) };
  if (document.contents === null) {
    const advice = 'Fill it, or remove it.';
    return { ok: false, problems: [at({ code: 'EMPTY_FILE', message: 'The file is empty.', advice }, 0)] };
  }
  const refused = [...findRefused(document), ...findExtentProblems(document, document.contents)];
  const duplicates = findDuplicates(document);
  if (refused.length > 0) return { ok: false, problems: [...refused, ...duplicates].map(atNode) };
  const value = new SourceDocument(file, text, document);
  return duplicates.length > 0
    ? { ok: false, problems: duplicates.map(atNode), readable: value }
    : { ok: true, value, warnings: [] };
}
