/** Answers the generating endpoints: reads, checks, waits for capacity, answers, and keeps the ledger of it. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerRequest, chatBody, completionBody } from './answer-request.ts';
import type { Answer } from './answer-request.ts';
import { ApiError } from './api-error.ts';
import type { Capacity, Ticket } from './capacity.ts';
import { parseBody, parseChatRequest, parseCompletionRequest } from './chat-request.ts';
import type { Served } from './chat-request.ts';
import type { FaultKind } from './faults.ts';
import { EVENTS_TYPE, JSON_TYPE, readJson, sendBody } from './http-body.ts';
import { failAtOnce, failInTransit, truncateContent } from './inject-fault.ts';
import type { MeasuredModel } from './metrics.ts';
import { chatStream, completionStream } from './stream-body.ts';
import type { SimulatedModel } from './world/roles.ts';
import type { World } from './world/world.ts';

/** How a body is read and an answer written, by path. */
const endpoints = {
  '/v1/chat/completions': { parse: parseChatRequest, bodyOf: chatBody, streamOf: chatStream },
  '/v1/completions': { parse: parseCompletionRequest, bodyOf: completionBody, streamOf: completionStream },
} as const;
export type GeneratingPath = keyof typeof endpoints;

export function isGeneratingPath(path: string): path is GeneratingPath {
  return Object.hasOwn(endpoints, path);
}

export interface GenerationOptions {
  readonly world: World;
  readonly models: ReadonlyMap<string, MeasuredModel>;
  readonly served: Served<SimulatedModel>;
  /** The fault that the next request with this digest meets. */
  readonly faultOf: (digest: string) => FaultKind | undefined;
}

export type Generate = (
  path: GeneratingPath,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/**
 * Creates the answering function. It rejects with `ApiError` for what is refused; a request whose client has gone
 * gives its slot up at once. Each well-formed request ends in the ledger as completed, aborted or failed, once.
 */
export function createGenerate({ world, models, served, faultOf }: GenerationOptions): Generate {
  let answerCount = 0;

  return async function generate(path, request, response) {
    const endpoint = endpoints[path];
    const arrivedAt = performance.now();
    const body = await readJson(request);
    const parsed = endpoint.parse(parseBody(body), served);
    const model = models.get(parsed.model.name);
    if (model === undefined) throw new ApiError('UNKNOWN_MODEL', parsed.model.name, 'model');
    const { ledger, capacity } = model;
    ledger.receive();
    const settle = createOnce();
    const digest = createHash('sha256').update(path).update(body).digest('base64');
    const fault = faultOf(digest);
    if (fault !== undefined) settle(ledger.fail);
    if (fault !== undefined && failAtOnce(fault, response)) return;

    const answer = answerRequest(parsed, world);
    const ticket = enter(capacity, answer, () => settle(ledger.fail));
    response.once('close', () => {
      settle(ledger.abort);
      ticket.leave();
    });
    const service = await ticket.served;
    if (service === undefined) return;
    answerCount += 1;
    const id = String(request.headers['x-request-id'] ?? answerCount.toString(16).padStart(16, '0'));
    const sent = fault === 'truncatedContent' ? truncateContent(answer) : answer;
    const created = Math.floor(Date.now() / 1000);
    const text =
      parsed.stream === undefined
        ? JSON.stringify(endpoint.bodyOf(sent, id, created))
        : endpoint.streamOf(sent, id, created);
    if (fault !== undefined && failInTransit(fault, text, response)) return;
    response.once('finish', () => {
      settle(() => {
        ledger.complete({
          digest,
          finishReasons: answer.choices.map(({ finishReason }) => finishReason),
          promptTokens: parsed.promptTokens,
          completionTokens: answer.completionTokens,
          queuedSeconds: service.queued,
          totalSeconds: (performance.now() - arrivedAt) / 1000,
        });
      });
    });
    sendBody(response, 200, text, parsed.stream === undefined ? JSON_TYPE : EVENTS_TYPE);
  };
}

function enter(capacity: Capacity, { completionTokens }: Answer, onFull: () => void): Ticket {
  try {
    return capacity.enter(completionTokens);
  } catch (error) {
    onFull();
    throw error;
  }
}

/** Runs the first of the functions it is given and no other. */
function createOnce(): (record: () => void) => void {
  let isDone = false;
  return (record) => {
    if (isDone) return;
    isDone = true;
    record();
  };
}
