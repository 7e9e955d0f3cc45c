/** What a message of a chat completion says, in the several forms that servers have for it. */
import { isFields, type Fields } from '../../../definitions/documents/fields.ts';
import { splitLeftovers, splitThinking } from './split-thinking.ts';

export interface MessageContent {
  readonly text: string;
  /** What was thought before the answer; null if nothing came of it. */
  readonly thinking: string | null;
  readonly refusal: string | null;
  readonly callsTools: boolean;
}

/** Fields for thinking, as texts: vLLM and OpenRouter; DeepSeek, SGLang, llama.cpp and earlier vLLM; Ollama. */
const THINKING_FIELDS = ['reasoning', 'reasoning_content', 'thinking'];
/** And as lists: OpenRouter; LiteLLM. */
const THINKING_LISTS = ['reasoning_details', 'thinking_blocks'];

/** Undefined for what is no message. */
export function parseMessage(message: Fields): MessageContent | undefined {
  const content = message['content'] ?? '';
  if (typeof content !== 'string' && !Array.isArray(content)) return undefined;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const said = typeof content === 'string' ? content : joinParts(parts, isTextPart);
  const apart = thoughtsApart(message, parts);
  const within = apart === undefined ? splitThinking(said) : splitLeftovers(said);
  const thoughts = [apart?.trim() ?? '', within.thinking ?? ''].filter((thought) => thought !== '');
  const refusal = asText(message['refusal']) || joinParts(parts, isRefusalPart);
  return {
    text: within.text,
    thinking: thoughts.length === 0 ? null : thoughts.join('\n'),
    refusal: refusal === '' ? null : refusal,
    callsTools: asList(message['tool_calls']).length > 0 || isFields(message['function_call']),
  };
}

/** What was thought, as a server keeps it apart from the answer. */
function thoughtsApart(message: Fields, parts: readonly unknown[]): string | undefined {
  for (const field of THINKING_FIELDS) {
    const said = message[field];
    if (typeof said === 'string' && said.trim() !== '') return said;
  }
  const inLists = THINKING_LISTS.map((field) => joinParts(asList(message[field]), () => true));
  return [...inLists, joinParts(parts, isThinkingPart)].find((text) => text.trim() !== '');
}

const isTextPart = (type: string): boolean => type === 'text' || type === 'output_text';
const isThinkingPart = (type: string): boolean => /^(?:thinking|reasoning)/.test(type);
const isRefusalPart = (type: string): boolean => type === 'refusal';

/** The texts of the parts of some types: a part has its text under its type's name, or as `text`, or as parts in turn. */
function joinParts(parts: readonly unknown[], isWanted: (type: string) => boolean): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return isWanted('text') ? part : '';
      if (!isFields(part)) return '';
      const type = asText(part['type']);
      if (!isWanted(type)) return '';
      const inner = part['text'] ?? part[type] ?? part['summary'];
      return Array.isArray(inner) ? joinParts(inner, () => true) : asText(inner);
    })
    .join('');
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
