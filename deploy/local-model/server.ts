/** The local model server: the part of vLLM's HTTP API that PROSE speaks, over a real small model on the processor. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ApiError } from '../model-server/api-error.ts';
import { chatCompletion, usageOf, withBytes } from '../model-server/chat-completion.ts';
import { parseBody, parseChatRequest, type Served } from '../model-server/chat-request.ts';
import { readJson, sendBody, sendError } from '../model-server/http-body.ts';
import type { Engine, Generated } from './engine.ts';

export interface LocalModelServer {
  /** Base URL ending in `/v1`. */
  readonly endpoint: string;
  readonly port: number;
  /** Cuts all connections, stops listening and lets the model go. */
  close(): Promise<void>;
}

/** Requests in flight and waiting; above it, requests are refused with 503. */
const MAX_LOAD = 1_000;
const FINGERPRINT = 'prose-local-model-1';

/** @param options.name what the model is served as. */
export async function serveEngine(
  engine: Engine,
  {
    name,
    port = 0,
    host = '127.0.0.1',
  }: { readonly name: string; readonly port?: number; readonly host?: string },
): Promise<LocalModelServer> {
  const created = Math.floor(Date.now() / 1000);
  let answers = 0;
  const served: Served<string> = {
    find: (wanted) => (wanted === name ? { model: name, servedAs: name } : undefined),
    names: [name],
    maxModelLen: engine.maxModelLen,
    countTokens: (messages) => engine.countTokens(messages),
  };
  const models = {
    object: 'list',
    data: [
      {
        id: name,
        object: 'model',
        created,
        owned_by: 'local',
        root: name,
        parent: null,
        max_model_len: engine.maxModelLen,
      },
    ],
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = parseChatRequest(parseBody(await readJson(request)), served);
    if (asked.stream !== undefined)
      throw new ApiError('INVALID_FIELD', 'The local model server does not stream.', 'stream');
    if (engine.load + asked.n > MAX_LOAD) throw new ApiError('QUEUE_FULL', 'Too many requests wait.');
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('The client has gone.')));
    const generated = await Promise.all(
      Array.from({ length: asked.n }, (_, index) => engine.generate(asked, index, gone.signal)),
    );
    answers += 1;
    const completionTokens = generated.reduce((sum, { count }) => sum + count, 0);
    const body = chatCompletion({
      id: answers.toString(16).padStart(16, '0'),
      created: Math.floor(Date.now() / 1000),
      model: name,
      fingerprint: FINGERPRINT,
      choices: generated.map((one, index) => ({
        ...one,
        index,
        logprobs: asked.logprobs ? one.tokens.map(toLogprob) : null,
      })),
      usage: usageOf(asked.promptTokens, completionTokens),
    });
    sendBody(response, 200, JSON.stringify(body));
  }

  const pages: { readonly [path: string]: () => string } = {
    '/health': () => '',
    '/v1/models': () => JSON.stringify(models),
    '/load': () => JSON.stringify({ server_load: engine.load }),
  };
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (path === '/v1/chat/completions' && request.method === 'POST') await answer(request, response);
    else if (page !== undefined && request.method === 'GET') sendBody(response, 200, page());
    else if (page !== undefined || path === '/v1/chat/completions')
      sendBody(response, 405, '{"detail":"Method Not Allowed"}');
    else sendBody(response, 404, '{"detail":"Not Found"}');
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => sendError(error, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    endpoint: `http://${host}:${bound}/v1`,
    port: bound,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await engine.close();
    },
  };
}

function toLogprob({ token, logprob, top }: Generated['tokens'][number]): object {
  return { ...withBytes({ token, logprob }), top_logprobs: top.map(withBytes) };
}
