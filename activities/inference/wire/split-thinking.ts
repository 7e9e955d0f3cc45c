/** Thinking that a server leaves in the content, where it has no parser for it. */
import { parseJson } from '../../../definitions/documents/json-text.ts';
import { findJsonObjects, type FoundObject } from '../texts/json-objects.ts';

/** Marks around thoughts: Qwen, DeepSeek, GLM and most others; Granite and others; Seed; Magistral; Kimi. */
const MARKS: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<seed:think>', '</seed:think>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
];

export interface SplitContent {
  /** What was thought aloud; null if nothing was. */
  readonly thinking: string | null;
  /** The answer proper. */
  readonly text: string;
}

/**
 * Thoughts stand at the beginning, between marks. Where a chat template has put the opening mark into the prompt, only the
 * closing one comes, at the end of a line. Thoughts that are not closed leave no answer. A mark inside a JSON object, or
 * later in an answer, is a part of it.
 */
export function splitThinking(content: string): SplitContent {
  if (!content.includes('<') && !content.includes('[') && !content.includes('◁'))
    return { thinking: null, text: content };
  if (parseJson(content) !== undefined) return { thinking: null, text: content };
  const thoughts: string[] = [];
  let rest = content;
  for (let mark = markAt(rest); mark !== undefined; mark = markAt(rest)) {
    const [open, close] = mark;
    const thought = rest.trimStart().slice(open.length);
    const end = closingMark(thought, close, false);
    thoughts.push(end === undefined ? thought : thought.slice(0, end));
    rest = end === undefined ? '' : thought.slice(end + close.length);
  }
  if (thoughts.length === 0) return splitAtClosingMark(content);
  return { thinking: thoughts.join('\n').trim() || null, text: rest.trimStart() };
}

function markAt(text: string): (typeof MARKS)[number] | undefined {
  const start = text.trimStart();
  return MARKS.find(([open]) => start.startsWith(open));
}

function splitAtClosingMark(content: string): SplitContent {
  for (const [open, close] of MARKS) {
    const end = closingMark(content, close, true);
    if (end === undefined || content.slice(0, end).includes(open)) continue;
    return {
      thinking: content.slice(0, end).trim() || null,
      text: content.slice(end + close.length).trimStart(),
    };
  }
  return { thinking: null, text: content };
}

/** Offset of the first closing mark that stands in no JSON object and, if asked for, at the end of a line or before JSON. */
function closingMark(text: string, close: string, atLineEnd: boolean): number | undefined {
  let objects: readonly FoundObject[] | undefined;
  for (let at = text.indexOf(close); at !== -1; at = text.indexOf(close, at + 1)) {
    objects ??= findJsonObjects(text);
    if (objects.some(({ start, end }) => start < at && at < end)) continue;
    if (
      !atLineEnd ||
      /^[ \t]*(?:\r?\n|$|[{[]|```)/.test(text.slice(at + close.length, at + close.length + 200))
    )
      return at;
  }
  return undefined;
}
