/** Thinking that a server leaves in the content, where it has no parser for it. */
import { parseJson } from '../../../definitions/documents/json-text.ts';
import { findJsonObjects, type FoundObject } from '../texts/json-objects.ts';

/**
 * Marks around thoughts: Qwen, DeepSeek, GLM and most others; Granite and others; EXAONE, Gemini; Reka; Seed; MiniMax; Magistral;
 * Kimi; Gemma; Command A; Apertus.
 */
const MARKS: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<reasoning>', '</reasoning>'],
  ['<seed:think>', '</seed:think>'],
  ['<mm:think>', '</mm:think>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|channel>thought', '<channel|>'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|inner_prefix|>', '<|inner_suffix|>'],
];
/** A text without any of these has no mark. */
const MARK_STARTS = ['<', '[', '◁', 'assistantfinal'];
/** Marks that some models set around the answer after their thoughts. */
const ANSWER_MARKS = /^<\|START_RESPONSE\|>|<\|END_RESPONSE\|>$/g;

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
  if (!MARK_STARTS.some((start) => content.includes(start)) || parseJson(content) !== undefined)
    return { thinking: null, text: content };
  return splitMarked(content) ?? splitAtClosingMark(content);
}

/** What is left of thoughts in the content by a server that keeps them apart: those with a mark at the beginning. */
export function splitLeftovers(content: string): SplitContent {
  if (parseJson(content) !== undefined) return { thinking: null, text: content };
  const split = splitMarked(content);
  if (split !== undefined) return split;
  const start = content.trimStart();
  const close = MARKS.map(([, mark]) => mark).find((mark) => startsWith(start, mark)) ?? '';
  return { thinking: null, text: close === '' ? content : start.slice(close.length).trimStart() };
}

/** Undefined where there are no marks at the beginning. */
function splitMarked(content: string): SplitContent | undefined {
  const channels = splitChannels(content);
  if (channels !== undefined) return channels;
  const thoughts: string[] = [];
  let rest = content;
  for (let mark = markAt(rest); mark !== undefined; mark = markAt(rest)) {
    const [open, close] = mark;
    const thought = rest.trimStart().slice(open.length);
    const end = closingMark(thought, close, false);
    thoughts.push((end === undefined ? thought : thought.slice(0, end)).trim());
    rest = end === undefined ? '' : thought.slice(end + close.length);
  }
  if (thoughts.length === 0) return undefined;
  return {
    thinking: thoughts.join('\n').trim() || null,
    text: rest.trimStart().replaceAll(ANSWER_MARKS, ''),
  };
}

/** What gpt-oss says in its channels: all but the final one are thoughts. Servers that drop special tokens leave their names. */
function splitChannels(content: string): SplitContent | undefined {
  if (/^\s*(?:<\|start\|>assistant)?<\|channel\|>/.test(content)) {
    const thoughts: string[] = [];
    const texts: string[] = [];
    for (const message of content.split('<|channel|>').slice(1)) {
      const [head = '', body = ''] = message.split('<|message|>', 2);
      const text = body.split(/<\|(?:end|return|call|start)\|>/, 1)[0] ?? '';
      (/^\s*final\b/.test(head) ? texts : thoughts).push(text);
    }
    return { thinking: thoughts.join('\n').trim() || null, text: texts.join('\n') };
  }
  const final = content.startsWith('analysis') ? content.indexOf('assistantfinal') : -1;
  if (final === -1) return undefined;
  return {
    thinking: content.slice('analysis'.length, final).trim() || null,
    text: content.slice(final + 'assistantfinal'.length).trimStart(),
  };
}

function markAt(text: string): (typeof MARKS)[number] | undefined {
  const start = text.trimStart();
  return MARKS.find(([open]) => startsWith(start, open));
}

/** Whatever the case of its letters. */
function startsWith(text: string, mark: string): boolean {
  return text.slice(0, mark.length).toLowerCase() === mark.toLowerCase();
}

function splitAtClosingMark(content: string): SplitContent {
  for (const [open, close] of MARKS) {
    const end = closingMark(content, close, true);
    if (end === undefined || anyCase(open).test(content.slice(0, end))) continue;
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
  for (const { index: at } of text.matchAll(anyCase(close))) {
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

/** A mark, whatever the case of its letters. */
function anyCase(mark: string): RegExp {
  return new RegExp(mark.replaceAll(/[|[\]/]/g, '\\$&'), 'gi');
}
