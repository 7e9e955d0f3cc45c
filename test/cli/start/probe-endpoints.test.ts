import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { probeEndpoints } from '../../../cli/start/probe-endpoints.ts';
import { loadSettings } from '../../../configs/load.ts';
import type { ModelConfig, Settings } from '../../../configs/settings/types.ts';
import type { Problem } from '../../../definitions/documents/problem.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('asking the model servers before a run', () => {
  let settings: Settings;
  let server: Server;
  let endpoint: string;
  let asked: number;
  before(async () => {
    const loaded = await loadSettings(root);
    assert.ok(loaded.ok);
    settings = loaded.value;
    server = createServer(({ headers }, response) => {
      asked += 1;
      response.statusCode = headers.authorization === 'Bearer good' ? 200 : 401;
      response.end(JSON.stringify({ data: [{ id: 'main' }, { id: 'small:latest' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address !== 'string');
    endpoint = `http://127.0.0.1:${address.port}/v1`;
  });
  beforeEach(() => (asked = 0));
  after(() => server.close());

  const probe = (
    model: Partial<ModelConfig>,
    env: NodeJS.ProcessEnv = { KEY: 'good' },
  ): Promise<readonly Problem[]> => {
    const main = { endpoints: [endpoint], name: 'main', apiKeyEnv: 'KEY', ...model };
    const given = { ...settings, mainModel: { ...settings.mainModel, model: main } };
    return probeEndpoints(given, { root, env, overridden: { endpoint: false, model: false } });
  };

  it('finds nothing wrong with what is served', async () => {
    assert.deepEqual(await probe({}), []);
    assert.deepEqual(await probe({ name: 'small' }), [], 'Ollama takes the tag for granted');
    assert.deepEqual(
      await probeEndpoints(settings, { root, env: {}, overridden: { endpoint: false, model: false } }),
      [],
    );
  });

  it('names the line of the config for a server that is not there', async () => {
    const [problem] = await probe({ endpoints: [endpoint, 'http://127.0.0.1:9/v1'] });
    assert.ok(problem);
    assert.deepEqual(
      [problem.code, problem.file, problem.path],
      ['ENDPOINT_UNREACHABLE', 'configs/main_model_config.yaml', 'model.endpoints[1]'],
    );
    assert.ok(problem.line > 1);
  });

  it('tells a wrong key from one that only the workers have', async () => {
    const [problem] = await probe({}, { KEY: 'bad' });
    assert.deepEqual([problem?.code, problem?.path], ['KEY_REFUSED', 'model.apiKeyEnv']);
    assert.doesNotMatch(JSON.stringify(problem), /bad/);
    assert.deepEqual(await probe({}, {}), []);
  });

  it('says what is served instead of the model', async () => {
    const [problem] = await probe({ name: 'mian' });
    assert.deepEqual([problem?.code, problem?.path], ['MODEL_NOT_SERVED', 'model.name']);
    assert.match(problem?.advice ?? '', /main/);
  });

  it('asks a server once for all roles, and blames no file for what stood on the command line', async () => {
    const model = { endpoints: [endpoint], name: 'nope', apiKeyEnv: 'KEY' };
    const { basePrompt, mainModel } = settings;
    const given = { ...settings, basePrompt: { ...basePrompt, model }, mainModel: { ...mainModel, model } };
    const problems = await probeEndpoints(given, {
      root,
      env: { KEY: 'good' },
      overridden: { endpoint: true, model: true },
    });
    assert.deepEqual(
      problems.map(({ code, file, path }) => [code, file, path]),
      [['MODEL_NOT_SERVED', 'options', 'model']],
    );
    assert.equal(asked, 1);
  });
});
