/** An answer as server-sent events, in vLLM's shape: a chunk for each token of each choice. */
import { chatLogprobs, completionLogprobs, FINGERPRINT } from './answer-request.ts';
import { usageOf } from './chat-completion.ts';
import type { Answer, Choice } from './answer-request.ts';

/** The events of a streamed chat. `created` is in seconds. */
export function chatStream(answer: Answer, id: string, created: number): string {
  const { logprobs, topLogprobs } = answer.request;
  const head = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created };
  const chunks = answer.choices.flatMap((choice) => {
    const content = logprobs ? chatLogprobs(choice, topLogprobs) : undefined;
    const role = { role: 'assistant', content: '' };
    return [
      { index: choice.index, delta: role, logprobs: null, finish_reason: null },
      ...piecesOf(choice).map(({ text, ...end }, at) => ({
        index: choice.index,
        delta: { content: text },
        logprobs: content?.[at] === undefined ? null : { content: [content[at]] },
        ...end,
        token_ids: null,
      })),
    ];
  });
  return eventsOf(answer, head, chunks);
}

/** The events of a streamed completion. `created` is in seconds. */
export function completionStream(answer: Answer, id: string, created: number): string {
  const { logprobs, topLogprobs } = answer.request;
  const head = { id: `cmpl-${id}`, object: 'text_completion', created };
  const chunks = answer.choices.flatMap((choice) => {
    const columns = logprobs ? Object.entries(completionLogprobs(choice, topLogprobs)) : undefined;
    return piecesOf(choice).map(({ text, ...end }, at) => ({
      index: choice.index,
      text,
      logprobs:
        columns === undefined
          ? null
          : Object.fromEntries(columns.map(([key, values]) => [key, values.slice(at, at + 1)])),
      ...end,
      token_ids: null,
    }));
  });
  return eventsOf(answer, head, chunks);
}

interface Piece {
  readonly text: string;
  readonly finish_reason: string | null;
  readonly stop_reason?: string | null;
}

/** The tokens of a choice; the last one says why it ended. What a stop string left of a token is a piece too. */
function piecesOf({ tokens, text, finishReason, stopReason }: Choice): Piece[] {
  const rest = text.slice(tokens.join('').length);
  const texts = rest !== '' || tokens.length === 0 ? [...tokens, rest] : tokens;
  return texts.map((piece, index) =>
    index === texts.length - 1
      ? { text: piece, finish_reason: finishReason, stop_reason: stopReason }
      : { text: piece, finish_reason: null },
  );
}

function eventsOf(answer: Answer, head: object, chunks: readonly object[]): string {
  const { servedAs: model, stream } = answer.request;
  const bodies: object[] = chunks.map((choice) => ({ ...head, model, choices: [choice] }));
  if (stream?.withUsage === true) {
    bodies.push({
      ...head,
      model,
      choices: [],
      usage: usageOf(answer.request.promptTokens, answer.completionTokens),
      system_fingerprint: FINGERPRINT,
    });
  }
  return [...bodies.map((body) => JSON.stringify(body)), '[DONE]']
    .map((data) => `data: ${data}\n\n`)
    .join('');
}
