/** What each room of the project may import: the table of CONTRIBUTING.md, room by room. */
import { cliRooms } from './cli-rooms.ts';
import type { Room } from './room.ts';

/** All that the workflow sandbox may have of the rest. */
const pure = ['definitions/model/', 'definitions/expressions/'];
const sandbox = [...pure, 'workflows/messages.ts', '@temporalio/workflow', '@temporalio/common'];
/** The storeys of the interpreter, the lowest first: each knows those below it alone, types included. */
const storeys = ['state', 'control', 'items', 'tasks', 'temporal', 'executions'];
/** What every activity is written to. */
const contract = ['activities/activity.ts', 'configs/', 'definitions/', 'pino'];
/** What a stage stands on. No package and nothing of Node: what reaches the disk, the network or a process has a room below. */
const stageShared = [
  'activities/schemas.ts',
  'activities/attempts/',
  'activities/checks/',
  'activities/claims/',
  'activities/imports/fill-columns.ts',
  'activities/imports/prompt-fields.ts',
  'activities/inference/',
  'activities/randomness/',
  'activities/report/',
  'activities/rewriting/',
  'activities/scoring/',
  'activities/text/',
  'activities/statistics/',
  'activities/store/',
  'activities/concurrency/',
  'activities/trainers/',
  'activities/wording/',
  'configs/',
  'definitions/documents/',
  'definitions/model/',
];

export const rooms: readonly Room[] = [
  { path: 'definitions/', values: ['node:fs', 'node:path'], types: ['ajv'] },
  { path: 'definitions/model/', values: [] },
  {
    path: 'definitions/expressions/',
    values: ['definitions/model/', '@marcbachmann/cel-js', '@bufbuild/re2'],
  },
  {
    path: 'definitions/documents/',
    values: ['definitions/model/', '@bufbuild/re2', 'ajv', 'yaml', 'node:fs', 'node:path'],
  },
  {
    path: 'definitions/typing/',
    values: [...pure, 'definitions/documents/'],
    types: ['@marcbachmann/cel-js'],
  },
  {
    path: 'definitions/checks/',
    values: [...pure, 'definitions/documents/', 'definitions/typing/', 'ajv'],
  },

  {
    path: 'definitions/loading/',
    values: ['definitions/checks/', 'definitions/documents/', 'definitions/model/', 'ajv', 'node:'],
  },
  {
    path: 'configs/',
    values: [
      'definitions/documents/',
      'definitions/expressions/',
      'definitions/loading/content-cache.ts',
      'definitions/model/',
      '@bufbuild/re2',
      'ajv',
      'node:fs',
    ],
  },
  { path: 'configs/project/', values: ['definitions/documents/', 'node:'] },

  { path: 'workflows/', values: sandbox, types: ['activities/'] },
  ...storeys.map((name, index) => ({
    path: `workflows/${name}/`,
    values: [...sandbox, ...storeys.slice(0, index).map((below) => `workflows/${below}/`)],
    types: ['activities/'],
  })),

  { path: 'activities/', values: ['ajv'], types: contract },
  { path: 'activities/randomness/', values: ['node:crypto'] },
  { path: 'activities/statistics/', values: ['activities/randomness/random.ts'] },
  { path: 'activities/text/', values: [] },
  { path: 'activities/labels/', values: ['activities/imports/', ...stageShared], types: contract },
  { path: 'activities/wording/', values: ['stopword', 'node:timers/promises'] },
  {
    path: 'activities/store/',
    values: [
      'configs/settings/criteria.ts',
      'definitions/documents/',
      'definitions/model/',
      '@duckdb/node-api',
      'node:',
    ],
  },
  {
    path: 'activities/imports/',
    values: [
      'activities/attempts/errors.ts',
      'activities/store/',
      'configs/checks/texts.ts',
      'definitions/documents/',
      'definitions/model/',
      'lossless-json',
      'node:',
    ],
    types: ['@duckdb/node-api'],
  },
  {
    path: 'activities/inference/',
    values: [
      'activities/concurrency/',
      'definitions/model/',
      'activities/attempts/errors.ts',
      'activities/store/',
      'configs/',
      'definitions/documents/',
      'undici',
      'node:',
    ],
    types: contract,
  },
  {
    path: 'activities/scoring/',
    values: ['activities/attempts/errors.ts', 'activities/statistics/', 'configs/settings/'],
    types: [...contract, 'activities/store/'],
  },
  { path: 'activities/concurrency/', values: ['node:', 'tsx'] },
  {
    path: 'activities/trainers/',
    values: [
      'definitions/documents/',
      'definitions/model/',
      'configs/settings/approaches.ts',
      'activities/imports/fill-columns.ts',
      'activities/imports/prompt-fields.ts',
      'activities/attempts/errors.ts',
      'activities/concurrency/',
      'activities/randomness/',
      'activities/statistics/',
      'activities/store/',
      'activities/wording/',
      'configs/settings/approaches.ts',
      'ajv',
    ],
    types: contract,
  },
  {
    path: 'activities/rewriting/',
    values: [
      'activities/concurrency/',
      'activities/randomness/seed.ts',
      'activities/attempts/errors.ts',
      'activities/inference/',
      'activities/schemas.ts',
      'activities/store/',
      'activities/trainers/',
      'activities/wording/',
      'definitions/documents/well-formed-text.ts',
    ],
    types: ['activities/imports/prompt-fields.ts', ...contract],
  },
  {
    path: 'activities/report/',
    values: [
      'activities/text/',
      'activities/statistics/',
      '@observablehq/plot',
      'eta',
      'linkedom',
      'picocolors',
      'node:',
    ],
    types: ['configs/'],
  },
  {
    path: 'activities/attempts/',
    values: [
      'activities/randomness/seed.ts',
      'activities/index.ts',
      'activities/inference/',
      'activities/store/',
      'configs/',
      'definitions/documents/',
      'definitions/model/',
      '@temporalio/activity',
      'ajv',
      'node:',
    ],
    types: contract,
  },
  {
    path: 'activities/pinning/',
    values: [
      'activities/attempts/',
      'activities/store/',
      'activities/concurrency/',
      'activities/trainers/index.ts',
      'configs/',
      'definitions/',
      '@temporalio/activity',
      'node:',
    ],
    types: [...contract, '@temporalio/client'],
  },
  {
    path: 'activities/programs/',
    values: ['activities/attempts/errors.ts', 'activities/store/', 'node:'],
    types: contract,
  },
  {
    path: 'activities/checks/',
    values: [
      'activities/concurrency/',
      'activities/attempts/errors.ts',
      'activities/attempts/request-headers.ts',
      'activities/imports/',
      'activities/inference/',
      'activities/programs/',
      'activities/store/',
      'configs/',
      'definitions/documents/',
      'definitions/expressions/',
      'definitions/model/',
      '@bufbuild/re2',
      '@duckdb/node-api',
      'ajv',
      'undici',
      'node:',
    ],
    types: contract,
  },
  {
    path: 'activities/general/',
    values: [
      'activities/randomness/seed.ts',
      'activities/attempts/',
      'activities/imports/',
      'activities/inference/',
      'activities/programs/',
      'activities/schemas.ts',
      'activities/store/',
      'configs/',
      'definitions/documents/',
      'definitions/model/',
      '@temporalio/activity',
      'ajv',
      'undici',
      'node:',
    ],
    types: [...contract, '@duckdb/node-api'],
  },
  {
    path: 'activities/claims/',
    values: [
      'activities/text/',
      'activities/continual/rounds.ts',
      'activities/report/',
      'activities/scoring/',
      'activities/stages/8-test/metrics/',
      'activities/statistics/',
      'activities/store/',
      'activities/trainers/index.ts',
      'configs/',
    ],
    types: contract,
  },
  {
    path: 'activities/continual/',
    values: [...stageShared, 'activities/stages/8-test/'],
    types: ['activities/stages/', ...contract],
  },
  {
    path: 'activities/headroom/',
    values: [
      'activities/schemas.ts',
      'activities/scoring/',
      'activities/statistics/',
      'activities/store/',
      'configs/settings/panel.ts',
    ],
    types: contract,
  },
  { path: 'activities/stages/*/', values: stageShared, types: ['activities/stages/', ...contract] },
  {
    path: 'activities/stages/1-base-prompts/',
    values: [...stageShared, 'activities/continual/', 'activities/imports/'],
    types: contract,
  },
  // What knows several stages: what a run of them will buy, and whether it can learn.
  { path: 'activities/stages/most-pairs.ts', values: ['activities/stages/'], types: contract },
  {
    path: 'activities/stages/estimate-spend.ts',
    values: [
      'activities/trainers/index.ts',
      'activities/stages/',
      'activities/inference/',
      'configs/settings/panel.ts',
    ],
    types: contract,
  },
  { path: 'activities/user/', values: [], types: contract },

  {
    path: 'workers/',
    values: [
      'activities/attempts/',
      'activities/index.ts',
      'activities/inference/',
      'activities/store/',
      'activities/trainers/index.ts',
      'configs/',
      'definitions/',
      'deploy/',
      'workflows/messages.ts',
      '@temporalio/common',
      '@temporalio/worker',
      'pino',
      'node:',
    ],
    types: ['activities/', 'workflows/'],
  },

  // The ground floor puts the verbs together; nothing else knows them, nor they one another.
  ...cliRooms,

  {
    path: 'deploy/',
    values: ['configs/', 'definitions/documents/', '@temporalio/client', 'undici', 'yaml', 'node:'],
  },
  {
    path: 'deploy/local-model/',
    values: [
      'definitions/documents/',
      'deploy/downloads/',
      'deploy/model-server/api-error.ts',
      'deploy/model-server/chat-completion.ts',
      'deploy/model-server/chat-request.ts',
      'deploy/model-server/http-body.ts',
      'deploy/stack/file-lock.ts',
      'node:',
    ],
  },
  // It answers as a model would: what it knows of PROSE it reads in the prompt.
  {
    path: 'deploy/model-server/',
    values: [
      'activities/randomness/random.ts',
      'definitions/model/',
      'definitions/documents/',
      'ajv',
      'node:',
    ],
  },
];
