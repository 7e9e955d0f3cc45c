/** A process that answers every chat completion at once with the same text; prints its base URL as `{"endpoint": …}`. */
import { createServer } from 'node:http';

const body = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'instant',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Volcanoes are openings in the crust of a planet. '.repeat(8) },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 40, completion_tokens: 80, total_tokens: 120 },
});
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, headers);
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  process.stdout.write(`${JSON.stringify({ endpoint: `http://127.0.0.1:${address.port}/v1` })}\n`);
});
