import { once } from 'node:events';
import { createServer } from 'node:http';
import { assertNoGainFromNoise } from '../support/noise.ts';

describe('the pipeline on a model that answers noise', function () {
  this.timeout(120_000);

  it('leaves a report that says what is missing and concludes nothing', async () => {
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        const message = { role: 'assistant', content: 'mo uns gives {"a" Conpro  \t pipeline' };
        const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
        const usage = { prompt_tokens: 20, completion_tokens: 16 };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ object: 'chat.completion', model: 'main', choices, usage }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      await assertNoGainFromNoise({
        endpoint: `http://127.0.0.1:${port}/v1`,
        model: 'main',
        apiKey: 'sk-noise',
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
