import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { demandTemplate, listTaskTemplates } from '../../activities/store/task-templates.ts';
import { exportTemplate } from '../../cli/prompts/export-template.ts';
import { readRunOfTemplate } from '../../cli/prompts/run-of-template.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

const KINDS = ['billing', 'shipping', 'technical'] as const;
const ABOUT = { billing: 'invoice', shipping: 'parcel', technical: 'screen' } as const;
const checks = `
scores: expected
maxMissing: 0.1
sentinels: 0.05
audit: 0.05
validators: []
checks:
  - { name: names-it, use: criterion, contains: { ignoreCase: true } }
  - { name: is-it, use: referee, exact: { ignoreCase: true } }
`;

/**
 * A model that knows the answers but for tickets whose number ends in 5, and gives them as asked only where it is shown some examples.
 */
function answerTo(prompt: string): string {
  const request = prompt.split('\n\n').at(-1) ?? '';
  const kind = KINDS.find((one) => request.includes(ABOUT[one])) ?? 'none';
  const isShown = (prompt.match(/\nAnswer: /g)?.length ?? 0) >= 2;
  return isShown && !/number \d*5 /u.test(request)
    ? kind
    : 'That depends on what the customer wants, and on much else.';
}

describe('the search for a template for a task', function () {
  this.timeout(300_000);
  let pipeline: Pipeline;
  let server: Server;
  let outputs: { readonly verdict: string; readonly template: string; readonly report: string };
  const runId = 'tickets';
  const sql = (query: string) => pipeline.store.query(query, { run: runId });

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        if (request.method === 'GET') return response.end(JSON.stringify({ data: [{ id: 'clerk' }] }));
        const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as {
          messages: readonly { readonly role: string; readonly content: string }[];
        };
        const prompt = messages.at(-1)?.content ?? '';
        const message = { role: 'assistant', content: answerTo(prompt) };
        const usage = { prompt_tokens: prompt.length, completion_tokens: 5, total_tokens: prompt.length + 5 };
        return response.end(
          JSON.stringify({ model: 'clerk', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }),
        );
      });
    }).listen(0, '127.0.0.1');
    pipeline = await startPipeline();
    const { port } = server.address() as AddressInfo;
    const config = join(pipeline.root, 'configs', 'main_model_config.yaml');
    const document = parseDocument(await readFile(config, 'utf8'));
    document.setIn(['model', 'endpoints'], [`http://127.0.0.1:${port}/v1`]);
    document.setIn(['model', 'name'], 'clerk');
    await writeFile(config, document.toString());
    await writeFile(join(pipeline.root, 'configs', 'validator_model_config.yaml'), checks);
    await writeFile(join(pipeline.root, 'my.txt'), 'Which kind of ticket is this?\n{{input}}\n');
    const rows = Array.from({ length: 60 }, (_, k) => {
      const kind = KINDS[k % 3]!;
      return `"The ${ABOUT[kind]} number ${k} of ${String.fromCharCode(65 + (k % 26)).repeat(5)} is not right",${kind},t${k}`;
    });
    await writeFile(join(pipeline.root, 'tickets.csv'), `input,expected,topic\n${rows.join('\n')}\n`);
    await pipeline.startWorker();
    const params = {
      template: 'my.txt',
      inputs: 'tickets.csv',
      rounds: 2,
      candidates: 6,
      finalists: 2,
      instructions: 'feedback',
    };
    const handle = await pipeline.start('task-prompt', params, runId);
    outputs = (await handle.result()) as typeof outputs;
  });
  after(async () => {
    await pipeline?.close();
    server?.close();
  });

  it('finds one that makes the model answer as wanted, and proves it on inputs that it has not seen', async () => {
    assert.equal(outputs.verdict, 'gain');
    assert.match(outputs.template, /\{\{input\}\}/u);
    const file = join(pipeline.root, outputs.report.replace('report.html', 'metrics.json'));
    const metrics = JSON.parse(await readFile(file, 'utf8')) as {
      readonly arms: readonly { readonly name: string; readonly gain: { readonly low: number } }[];
      readonly judges: { readonly areUnheard: boolean };
    };
    assert.ok((metrics.arms.find(({ name }) => name === 'template')?.gain.low ?? 0) > 2);
    assert.equal(metrics.judges.areUnheard, true);
  });

  it('keeps it as a version, the template alone in a file', async () => {
    const [version] = await pipeline.store.backend.list('models/prompt_optimization');
    const kept = await pipeline.store.readFile(`models/prompt_optimization/${version}template.txt`);
    assert.equal(kept?.trim(), outputs.template);
  });

  it('is a template for one task, of which other tools are given messages and held-out inputs', async () => {
    const [found] = await listTaskTemplates(pipeline.store);
    assert.ok(found);
    const template = demandTemplate(found);
    assert.equal(template, outputs.template);
    const run = () => readRunOfTemplate(pipeline.store, found);
    const messages = JSON.parse(await exportTemplate(found.version, template, 'messages', run));
    assert.ok(messages.at(-1).content.includes(template));
    const { tests } = parse(await exportTemplate(found.version, template, 'promptfoo', run));
    assert.ok(tests.length > 0);
    for (const { vars, assert: wanted } of tests) {
      const kind = KINDS.find((one) => vars.input.includes(ABOUT[one]));
      assert.deepEqual(wanted, [{ type: 'icontains', value: kind }]);
    }
  });

  it('shows examples of the training inputs alone, and asks about none that stands in the template itself', async () => {
    const templates = await sql(
      'select template_idx, template, recipe from prompt_templates where run = $run',
    );
    const held = await sql("select fields from base_prompts where run = $run and split <> 'train'");
    for (const { template } of templates)
      for (const { fields } of held) {
        const { input } = JSON.parse(String(fields)) as { readonly input: string };
        assert.ok(!String(template).includes(input), input);
      }
    const shown = templates.flatMap((row) =>
      (JSON.parse(String(row['recipe'])) as { examples: number[] }).examples.map(
        (index) => `${index}:${String(row['template_idx'])}`,
      ),
    );
    assert.ok(shown.length > 0);
    const varied = await sql(
      'select base_prompt_idx, prompt_variation_idx from prompt_variations where run = $run',
    );
    const keys = new Set(varied.map((row) => `${row['base_prompt_idx']}:${row['prompt_variation_idx']}`));
    assert.ok(shown.every((key) => !keys.has(key)));
  });

  it('has instructions written from what went wrong in the first round, and tries those that can be used', async () => {
    const written = await sql(
      'select round, failures, instruction, error, model from prompt_instructions where run = $run',
    );
    assert.equal(written.length, 2);
    const templates = await sql('select template from prompt_templates where run = $run and round = 1');
    for (const { round, failures, instruction, error, model } of written) {
      assert.equal(round, 1);
      assert.ok(Number(failures) > 0);
      assert.match(String(model), /simulated/u);
      assert.equal(instruction === null, error !== null);
      if (instruction !== null)
        assert.ok(templates.some((row) => String(row['template']).startsWith(String(instruction))));
    }
    assert.ok(written.some(({ instruction }) => instruction !== null));
  });

  it('asks about the untouched template once for each input', async () => {
    const [counts] = await sql(
      'select count(*)::integer as rows, count(distinct base_prompt_idx)::integer as prompts from prompt_variations where run = $run and prompt_variation_idx = -1',
    );
    assert.equal(counts?.['rows'], counts?.['prompts']);
  });
});
