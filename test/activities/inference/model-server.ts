import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A request as the server saw it. */
interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly [field: string]: unknown };
}

export interface ModelServer {
  /** Base URL ending in `/v1`. */
  readonly url: string;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

export type Handler = (request: SeenRequest, response: ServerResponse, index: number) => void;

/** A server on a free port whose answers the test decides; `index` counts requests from 0. @param models answers `GET /v1/models`. */
export async function startServer(
  handler: Handler,
  models: (response: ServerResponse) => void = (response) => send(response, 404, { detail: 'Not Found' }),
): Promise<ModelServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      models(response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: SeenRequest['body'] = JSON.parse(Buffer.concat(chunks).toString());
      const record = { path: request.url ?? '', headers: request.headers, body };
      seen.push(record);
      handler(record, response, seen.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A chat completion as vLLM sends it. */
export function completion(text: string, choice: object = {}): object {
  return {
    object: 'chat.completion',
    model: 'served-model',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
        ...choice,
      },
    ],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  };
}

export function send(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** vLLM's error JSON. */
export function vllmError(code: number, message: string, param: string | null = null): object {
  return { error: { message, type: 'BadRequestError', param, code } };
}
