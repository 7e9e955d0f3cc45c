/** Streams of chunks from servers that stream although nobody has asked them to. */
import { isFields, type Fields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';

/** The chat completion that the chunks of a stream make; undefined for what is no such stream. One that was cut has no finish reason. */
export function joinEvents(text: string): Fields | undefined {
  if (!/^\s*(?:data|event|id|retry)?:/.test(text)) return undefined;
  const chunks = text
    .split(/\r\n|\n|\r/)
    .map((line) => (line.startsWith('data:') ? parseJson(line.slice('data:'.length)) : undefined))
    .filter((chunk): chunk is Fields => isFields(chunk));
  if (chunks.length === 0) return undefined;
  const choices = chunks.map(firstChoice);
  const tokens = choices.flatMap(({ logprobs }) =>
    isFields(logprobs) && Array.isArray(logprobs['content']) ? (logprobs['content'] as unknown[]) : [],
  );
  const choice = {
    message: joinDeltas(choices.map(({ delta, message }) => delta ?? message)),
    finish_reason: last(choices, 'finish_reason'),
    logprobs: tokens.length === 0 ? null : { content: tokens },
    error: last(choices, 'error'),
  };
  const [model, usage, error] = ['model', 'usage', 'error'].map((field) => last(chunks, field));
  return { model, usage, error, choices: [choice] };
}

function firstChoice({ choices }: Fields): Fields {
  const [choice] = Array.isArray(choices) ? (choices as unknown[]) : [];
  return isFields(choice) ? choice : {};
}

/** Texts one after the other; of anything else, such as calls of tools, the last. */
function joinDeltas(deltas: readonly unknown[]): Fields {
  const message: { [field: string]: unknown } = {};
  for (const delta of deltas) {
    if (!isFields(delta)) continue;
    for (const [field, value] of Object.entries(delta)) {
      const before = message[field];
      if (value == null) continue;
      message[field] = typeof before === 'string' && typeof value === 'string' ? before + value : value;
    }
  }
  return message;
}

/** The last that some of them says of a field. */
function last(maps: readonly Fields[], field: string): unknown {
  return maps.findLast((map) => map[field] != null)?.[field] ?? null;
}
