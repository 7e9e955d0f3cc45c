import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { freePort, launchTemporal, type LaunchedTemporal } from '../support/temporal.ts';

/** What the worker's environment holds, and by what it is read. */
const secrets = {
  PROSE_TEST_HEADER: 'hdr-7Qx9vT2mKp4Lz8Wc3Rb6',
  PROSE_TEST_MODEL: 'mdl-5Nf8Yd1Gh3Js6Ua0Xe9B',
  PROSE_TEST_API_TOKEN: 'cmd-2Wq7Er4Ty9Ui1Op6As3D"\\ü',
} as const;
const values = Object.values(secrets);
/** Stands where secrets could: that it is found shows that they would be. */
const MARK = 'mark-3Zx8Cv5Bn2Ml';

/** All that a careless server may do with what it was sent. */
async function startEcho(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const sent = String(request.headers['authorization'] ?? request.headers['x-key'] ?? '').replace(
      /^Bearer /,
      '',
    );
    const path = request.url ?? '';
    const base64 = Buffer.from(`${MARK}:${sent}`).toString('base64');
    const all = {
      mark: MARK,
      sent,
      cut: sent.slice(0, 14),
      end: sent.slice(-12),
      base64,
      hex: Buffer.from(sent).toString('hex'),
      url: encodeURIComponent(sent),
      json: JSON.stringify({ sent }),
      headers: request.headers,
      [sent]: 1,
    };
    response.setHeader('etag', `"${sent}"`);
    if (path === '/text') response.end(Object.values(all).map(String).join('\n'));
    else if (path === '/refuse') response.writeHead(403).end(`${MARK} bad key ${sent} ${base64}`);
    else if (path === '/busy') response.writeHead(503).end(`${MARK} busy ${sent}`);
    else if (path === '/away')
      response.writeHead(302, { location: `http://${sent}.invalid/${base64}` }).end();
    else if (path === '/moved') response.writeHead(201, { location: `/x?key=${sent}` }).end();
    else if (path === '/cut') response.writeHead(403).end('x'.repeat(490 - MARK.length) + MARK + sent);
    else if (path.endsWith('/chat/completions')) {
      response.setHeader('content-type', 'application/json');
      const asked = Buffer.concat(await request.toArray()).toString();
      if (asked.includes('Say 3.')) {
        response
          .writeHead(400)
          .end(JSON.stringify({ error: { message: `${MARK} ${base64} ${sent.slice(3)}` } }));
        return;
      }
      const message = { role: 'assistant', content: `${MARK} ${JSON.stringify(all)}` };
      response.end(
        JSON.stringify({
          choices: [{ index: 0, message, finish_reason: asked.includes('Say 2.') ? 'length' : 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      );
    } else response.setHeader('content-type', 'application/json').end(JSON.stringify(all));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Prints what it was given, what it finds of its parents, and an error. */
const SNOOP = `
const { readFileSync } = require('node:fs');
console.log(${JSON.stringify(MARK)}, process.env.PROSE_TEST_API_TOKEN, JSON.stringify(process.env));
for (const pid of [process.ppid, 'self']) try { console.log(readFileSync('/proc/' + pid + '/environ', 'latin1')); } catch (error) { console.log(String(error)); }
console.log('PROGRESS 1/2');
console.log(JSON.stringify({ progress: { done: 1, total: 2, unit: process.env.PROSE_TEST_API_TOKEN } }));
console.error('stderr', Buffer.from(process.env.PROSE_TEST_API_TOKEN).toString('base64'));
console.log(JSON.stringify({ mark: ${JSON.stringify(MARK)}, token: process.env.PROSE_TEST_API_TOKEN }));
process.exit(Number(process.argv[1] ?? 0));
`;

function traces(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret);
  const inside = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, 24),
  );
  return [
    secret.slice(0, 8),
    secret.slice(-11),
    secret.slice(8, 18),
    bytes.toString('hex').slice(8, 24),
    ...inside,
  ].map((text) => Buffer.from(text));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe('a secret of a worker', function () {
  this.timeout(240_000);
  let echo: Server;
  let folder: string;
  let temporal: LaunchedTemporal;
  let pipeline: Pipeline;

  before(async () => {
    echo = await startEcho();
    folder = mkdtempSync(join(tmpdir(), 'prose-secrets-'));
    temporal = await launchTemporal(await freePort(), join(folder, 'temporal.db'));
    pipeline = await startPipeline({}, temporal.address);
    const url = urlOf(echo);
    const config = readFileSync(join(pipeline.root, 'configs', 'main_model_config.yaml'), 'utf8');
    writeFileSync(
      join(pipeline.root, 'configs', 'main_model_config.yaml'),
      config
        .replace('[embedded]', `['${url}/v1']`)
        .replace(/^model:/m, 'model:\n  apiKeyEnv: PROSE_TEST_MODEL'),
    );
    await pipeline.startWorker(secrets);
  });
  after(async () => {
    echo?.closeAllConnections();
    echo?.close();
    await pipeline?.close();
    await temporal?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is found nowhere: not in the project, not in Temporal, however a server or a command gives it back', async () => {
    const url = urlOf(echo);
    mkdirSync(join(pipeline.root, 'texts'));
    writeFileSync(join(pipeline.root, 'texts', 'ask.txt'), '=== user ===\nSay {{id}}.\n');
    const oneTry = { retry: { maximumAttempts: 1 }, onFailure: 'continue' };
    const paths = ['json', 'text', 'refuse', 'busy', 'away', 'moved', 'cut'];
    const tasks = {
      ...Object.fromEntries(
        paths.map((path) => [
          path,
          {
            activity: 'http',
            ...oneTry,
            with: {
              url: `${url}/${path}`,
              headers: {
                authorization: { env: 'PROSE_TEST_HEADER', prefix: 'Bearer ' },
                'x-key': { env: 'PROSE_TEST_HEADER' },
              },
            },
          },
        ]),
      ),
      ...Object.fromEntries(
        [0, 3].map((code) => [
          `snoop${code}`,
          {
            activity: 'command',
            ...oneTry,
            with: {
              command: [process.execPath, '-e', SNOOP, String(code)],
              env: ['PROSE_TEST_API_TOKEN'],
              parseResult: true,
            },
          },
        ]),
      ),
      ask: {
        activity: 'generate',
        taskQueue: 'gpu-main',
        ...oneTry,
        with: {
          from: 'select unnest([1, 2, 3]) as id',
          key: ['id'],
          text: 'texts/ask.txt',
          role: 'main_model',
          into: 'echoed',
        },
      },
      show: {
        needs: ['ask'],
        run: 'always',
        activity: 'sql',
        ...oneTry,
        with: { query: 'select answer, error from echoed' },
      },
    };
    const outputs = {
      json: '${ tasks.json.json }',
      text: '${ tasks.text.text }',
      result: '${ tasks.snoop0.result }',
      rows: '${ tasks.show.rows }',
    };
    writeFileSync(
      join(pipeline.root, 'definitions', 'echoing.yaml'),
      stringify({ name: 'echoing', tasks, outputs }),
    );
    const handle = await pipeline.start('echoing', {});
    const result = JSON.stringify(await handle.result());
    const history = JSON.stringify(await handle.fetchHistory());
    const rows = [
      await pipeline.store.query('from echoed'),
      await pipeline.store.query('from generated'),
      await pipeline.store.query('from model_calls'),
    ];
    const kept = JSON.stringify(rows);
    assert.match(kept, /CUT_OFF/);
    assert.match(kept, /BAD_REQUEST/);
    await pipeline.killWorker();

    const places = [...filesBelow(pipeline.root), ...filesBelow(folder)].map((path) => ({
      path,
      bytes: readFileSync(path),
    }));
    places.push(
      { path: 'result', bytes: Buffer.from(result) },
      { path: 'history', bytes: Buffer.from(history) },
      { path: 'rows', bytes: Buffer.from(JSON.stringify(rows)) },
    );
    const marked = places.filter(({ bytes }) => bytes.includes(MARK)).map(({ path }) => path);
    for (const place of ['result', 'temporal.db', '.stdout.log', 'rows', 'data/cache'])
      assert.ok(
        marked.some((path) => path.includes(place)),
        `${place} is searched: ${marked.join(', ')}`,
      );
    const found = places.flatMap(({ path, bytes }) =>
      values.flatMap((secret) =>
        traces(secret)
          .filter((trace) => bytes.includes(trace))
          .map((trace) => [path, String(trace)]),
      ),
    );
    assert.deepEqual(found, []);
  });
});
