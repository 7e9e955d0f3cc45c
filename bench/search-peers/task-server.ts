/** The task's world as an OpenAI-compatible server that counts what it is asked: no engine can spend more than it says. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTask, type Message } from './task-world.ts';

export interface TaskServer {
  /** Ends in `/v1`. */
  readonly url: string;
  readonly calls: () => number;
  readonly close: () => void;
}

export async function startTaskServer(): Promise<TaskServer> {
  let calls = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/calls') return response.end(JSON.stringify({ calls }));
      if (request.method === 'GET') return response.end(JSON.stringify({ data: [{ id: 'simulated-task' }] }));
      calls += 1;
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        readonly messages: readonly Message[];
        readonly seed?: number;
      };
      const message = { role: 'assistant', content: answerTask(body.messages, body.seed ?? 0) };
      const usage = { prompt_tokens: 50, completion_tokens: 10, total_tokens: 60 };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      return response.end(JSON.stringify({ model: 'simulated-task', choices, usage }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, calls: () => calls, close: () => void server.close() };
}
