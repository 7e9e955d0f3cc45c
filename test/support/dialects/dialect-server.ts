/** The simulated models behind a server that speaks as another one does: what it refuses, and how it words its answers. */
import { createServer } from 'node:http';
import { startModelServer } from '../../../deploy/model-server/server.ts';

export type Fields = { readonly [field: string]: unknown };

/** A chat completion of the simulated models, as far as dialects change it. */
export interface Completion {
  readonly model: string;
  readonly choices: readonly [Choice];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}
export interface Choice {
  readonly index: number;
  readonly message: { readonly role: string; readonly content: string };
  readonly finish_reason: string;
  readonly logprobs: unknown;
}

export interface Dialect {
  /** What a request is refused with; undefined if it is not. */
  readonly refuse?: (body: Fields) => { readonly status: number; readonly body: unknown } | undefined;
  /** The request as the simulated models understand it. Default: as it came. */
  readonly understand?: (body: Fields) => Fields;
  readonly say: (completion: Completion) => unknown;
}

export interface DialectServer {
  /** Base URL ending in `/v1`. */
  readonly url: string;
  /** Requests that were refused, and that were answered. */
  readonly counts: { refused: number; answered: number };
  close(): Promise<void>;
}

export async function startDialectServer(dialect: Dialect): Promise<DialectServer> {
  const models = await startModelServer({});
  const counts = { refused: 0, answered: 0 };
  const server = createServer((request, response) => {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const answer = async (body: Fields): Promise<void> => {
      const refusal = dialect.refuse?.(body);
      if (refusal !== undefined) {
        counts.refused += 1;
        send(refusal.status, refusal.body);
        return;
      }
      const answered = await fetch(`${models.endpoint}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(dialect.understand?.(body) ?? body),
      });
      counts.answered += 1;
      const completion = (await answered.json()) as Completion;
      send(answered.status, answered.ok ? dialect.say(completion) : completion);
    };
    if (request.method === 'GET') {
      send(404, { detail: 'Not Found' });
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(JSON.parse(Buffer.concat(chunks).toString()) as Fields));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    counts,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await models.close();
    },
  };
}

/** A completion with another message, or another finish reason. */
export function withChoice(
  completion: Completion,
  changes: { readonly message?: Fields; readonly finish_reason?: string | null },
): object {
  const [choice] = completion.choices;
  return {
    ...completion,
    choices: [{ ...choice, ...changes, message: { ...choice.message, ...changes.message } }],
  };
}
