/** One run of the task `explore` of definitions/prose.yaml on servers of known capacity. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, type Document } from 'yaml';
import { startModelServer, type ModelServer } from '../../deploy/model-server/server.ts';
import { startPipeline, type Pipeline } from '../../test/support/pipeline.ts';
import { STATUS_QUERY, type RunStatus } from '../../workflows/messages.ts';
import type { RoleLoad } from './lower-bound.ts';

export interface Server {
  readonly slots: number;
  readonly tokensPerSecond: number;
}

export interface ExploreRun {
  readonly seconds: number;
  readonly roles: readonly RoleLoad[];
}

/** The roles that `explore` asks: the file of the config, the path of the model in it, and the stage. */
const ROLES = [
  { name: 'prompt_variation', file: 'prompt_variation_config', path: [], stage: 0 },
  { name: 'main_model', file: 'main_model_config', path: [], stage: 1 },
  { name: 'validator_1', file: 'validator_model_config', path: ['validators', 0], stage: 2 },
  { name: 'validator_2', file: 'validator_model_config', path: ['validators', 1], stage: 2 },
  { name: 'validator_3', file: 'validator_model_config', path: ['validators', 2], stage: 2 },
] as const;

/**
 * Explores `basePrompts` prompts, eight variations each, with servers like `servers` for every role, each role its own.
 * The base prompts come from a file, so that no model is asked before.
 */
export async function runExplore(basePrompts: number, servers: readonly Server[]): Promise<ExploreRun> {
  const opened: ModelServer[] = [];
  const pipeline = await startPipeline();
  try {
    const { root } = pipeline;
    for (const { file, path } of ROLES) {
      const own = await Promise.all(servers.map((server) => startModelServer(server)));
      opened.push(...own);
      const endpoints = own.map(({ endpoint }) => endpoint);
      const change = (config: Document): void => config.setIn([...path, 'model', 'endpoints'], endpoints);
      edit(join(root, 'configs', `${file}.yaml`), change);
    }
    const definition = join(root, 'definitions', 'explore.yaml');
    copyFileSync(join(root, 'definitions', 'prose.yaml'), definition);
    edit(definition, keepExplore);
    const prompts = Array.from(
      { length: basePrompts },
      (_, index) => `Tell me about the number ${index + 1}`,
    );
    writeFileSync(join(root, 'prompts.txt'), `${prompts.join('\n')}\n`);

    await pipeline.startWorker();
    // Without halving, so that a row passes every stage once, as the bound supposes.
    const params = { basePrompts, variations: 8, promptsFile: 'prompts.txt', halving: false };
    const handle = await pipeline.start('explore', params);
    await handle.result();
    const { tasks } = await handle.query<RunStatus>(STATUS_QUERY);
    const task = tasks.find(({ name }) => name === 'explore');
    if (task?.startedAt === undefined || task.endedAt === undefined)
      throw new Error('The run has no explore.');
    return { seconds: (task.endedAt - task.startedAt) / 1000, roles: await loadsOf(pipeline, servers) };
  } finally {
    await pipeline.close();
    await Promise.all(opened.map((server) => server.close()));
  }
}

/** What was asked of each role, by the table of calls. */
async function loadsOf({ store }: Pipeline, servers: readonly Server[]): Promise<RoleLoad[]> {
  const rows = await store.query('select role, completion_tokens from model_calls where error is null');
  return ROLES.map(({ name, stage }) => {
    const own = rows.filter(({ role }) => role === name);
    return { name, stage, servers, tokens: own.map((row) => Number(row['completion_tokens'])) };
  });
}

function keepExplore(definition: Document): void {
  const tasks = Object.keys(definition.toJS().tasks as object);
  for (const task of tasks)
    if (task !== 'basePrompts' && task !== 'explore') definition.deleteIn(['tasks', task]);
  for (const part of ['outputs', 'finally', 'schedule']) definition.delete(part);
  definition.set('name', 'explore');
}

function edit(file: string, change: (content: Document) => void): void {
  const content = parseDocument(readFileSync(file, 'utf8'));
  change(content);
  writeFileSync(file, String(content));
}
