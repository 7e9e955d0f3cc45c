/** Makes a response fail in the way of an injected fault. */
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer-request.ts';
import { errorBody } from './api-error.ts';
import type { FaultKind } from './faults.ts';
import { JSON_TYPE, sendBody } from './http-body.ts';

const instead: { readonly [kind in FaultKind]?: (response: ServerResponse) => void } = {
  error500: (response) =>
    sendBody(response, 500, errorBody(500, 'InternalServerError', 'Injected fault: failed.')),
  error429: (response) =>
    sendBody(response, 429, errorBody(429, 'RateLimitError', 'Injected fault: too many requests.')),
  error429RetryAfter(response) {
    response.setHeader('retry-after', '1');
    sendBody(response, 429, errorBody(429, 'RateLimitError', 'Injected fault: too many requests.'));
  },
  error503: (response) =>
    sendBody(response, 503, errorBody(503, 'Service Unavailable', 'Injected fault: busy.')),
  // Nothing is ever sent: the client must give up by itself.
  hang: () => undefined,
};

/** Fails before any answer is made. Returns false for the faults of an answer's way back. */
export function failAtOnce(fault: FaultKind, response: ServerResponse): boolean {
  const fail = instead[fault];
  fail?.(response);
  return fail !== undefined;
}

/** Fails on the answer's way back. Returns false if the body is to be sent whole. */
export function failInTransit(fault: FaultKind, text: string, response: ServerResponse): boolean {
  if (fault === 'cutConnection') {
    response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(text) });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
    return true;
  }
  if (fault === 'malformedBody') {
    sendBody(response, 200, text.slice(0, text.length / 2));
    return true;
  }
  return false;
}

/** The same answer with only the first half of each choice. */
export function truncateContent(answer: Answer): Answer {
  return {
    ...answer,
    choices: answer.choices.map((choice) => {
      const tokens = choice.tokens.slice(0, choice.tokens.length / 2);
      return { ...choice, tokens, text: tokens.join(''), finishReason: 'length' };
    }),
  };
}
