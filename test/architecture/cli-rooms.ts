/** The rooms of the command line, for `import-rules.ts`. */
import type { Room } from './room.ts';

const cliShared = [
  'activities/attempts/',
  'activities/imports/',
  'activities/index.ts',
  'activities/inference/',
  'activities/labels/',
  'activities/report/',
  'activities/rewriting/',
  'activities/stages/1-base-prompts/prompts-file.ts',
  'activities/stages/estimate-spend.ts',
  'activities/stages/most-pairs.ts',
  'activities/store/',
  'activities/text/',
  'activities/trainers/',
  'cli/cli-error.ts',
  'cli/results.ts',
  'configs/',
  'definitions/',
  'deploy/',
  'workflows/messages.ts',
  'commander',
  'log-update',
  'picocolors',
  'node:',
];
const cliTypes = [
  'activities/activity.ts',
  'cli/cli.ts',
  '@temporalio/client',
  '@temporalio/common',
  'workflows/',
];

export const cliRooms: readonly Room[] = [
  { path: 'cli/', values: [...cliShared, 'tsx'], types: cliTypes },
  { path: 'cli/text/', values: cliShared, types: cliTypes },
  {
    path: 'cli/check/',
    values: [
      ...cliShared,
      'activities/stages/8-test/metrics/arm-metrics.ts',
      'activities/stages/8-test/metrics/test-answers.ts',
      'eta',
    ],
    types: cliTypes,
  },
  { path: 'cli/drawing/', values: cliShared, types: cliTypes },
  { path: 'cli/sql/', values: cliShared, types: cliTypes },
  { path: 'cli/temporal/', values: [...cliShared, 'cli/text/', '@temporalio/client'], types: cliTypes },
  {
    path: 'cli/start/',
    values: [...cliShared, 'activities/pinning/check-literals.ts', 'cli/text/'],
    types: cliTypes,
  },
  {
    path: 'cli/schedules/',
    values: [...cliShared, 'cli/start/', 'cli/temporal/', 'cli/text/'],
    types: cliTypes,
  },
  { path: 'cli/follow/', values: [...cliShared, 'cli/temporal/', 'cli/text/'], types: cliTypes },
  {
    path: 'cli/health/',
    values: [
      ...cliShared,
      'activities/pinning/check-literals.ts',
      'cli/start/',
      'cli/temporal/',
      'cli/text/',
    ],
    types: cliTypes,
  },
  {
    path: 'cli/verbs/*',
    values: [
      ...cliShared,
      'cli/check/',
      'cli/drawing/',
      'cli/follow/',
      'cli/health/',
      'cli/operate/',
      'cli/schedules/',
      'cli/sql/',
      'cli/start/',
      'cli/temporal/',
      'cli/text/',
      '@hpcc-js/wasm-graphviz',
      'pino',
    ],
    types: cliTypes,
  },
];
