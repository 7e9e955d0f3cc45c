/** `prose schedule create`: a definition that runs by itself. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type {
  ScheduleDescription,
  ScheduleOptions,
  ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client';
import { WHOLE_DURATION } from '../../definitions/model/duration.ts';
import type { Params } from '../../definitions/checks/params.ts';
import type { Problem } from '../../definitions/documents/problem.ts';
import type { Definition, OverlapPolicy, Schedule } from '../../definitions/model/types.ts';
import { WORKFLOW_TASK_QUEUE, type RunOptions } from '../../workflows/messages.ts';
import { withPrefix } from '../../definitions/model/task-queue-on-server.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { assertBudget } from '../start/budget.ts';
import { loadDefinitionToRun, loadProjectSettings } from '../start/inputs.ts';
import { problemsError } from '../text/problems-text.ts';
import { withLocalModel } from '../start/local-model.ts';
import { ownProject } from '../start/own-project.ts';
import { checkPromptsFile } from '../start/prompts-file.ts';
import {
  addRunOptions,
  checkedParams,
  collect,
  runOptionsOf,
  type RunVerbOptions,
} from '../start/run-options.ts';
import { exists } from './schedules.ts';
import { overlapPolicies, sayTimes, toTemporal } from './schedule-spec.ts';
import { openTemporal, queuePrefix } from '../temporal/temporal-session.ts';

interface CreateOptions extends RunVerbOptions {
  readonly id?: string;
  readonly cron?: readonly string[];
  readonly every?: string;
  readonly timeZone?: string;
  readonly overlap?: OverlapPolicy;
  readonly jitter?: string;
  readonly catchupWindow?: string;
  readonly pauseOnFailure?: boolean;
  readonly paused?: boolean;
  readonly note?: string;
  readonly update?: boolean;
  readonly json?: boolean;
}

/** What Temporal is asked for, but the id. */
type ScheduleRequest = Omit<
  ScheduleOptions<
    ScheduleOptionsStartWorkflowAction<(params: Params, options: RunOptions) => Promise<Params>>
  >,
  'scheduleId' | 'memo'
>;

export function addCreateVerb(cli: Cli, schedule: Command): void {
  addRunOptions(
    schedule
      .command('create')
      .description('run a definition again and again; its `schedule` says when, unless told here')
      .argument('<definition>', 'name or file of a definition'),
  )
    .option('--id <id>', "the Schedule's id (default: the definition's name)")
    .option('--cron <expression>', 'five fields such as "0 3 * * *"; repeat for more', collect)
    .option('--every <duration>', 'the time from one run to the next, such as 6h', parseDuration)
    .option('--time-zone <name>', 'of --cron, such as Europe/Berlin (default: UTC)')
    .addOption(
      new Option(
        '--overlap <policy>',
        'when a run is due while the one before it still runs (default: skip)',
      ).choices(Object.keys(overlapPolicies)),
    )
    .option('--jitter <duration>', 'start up to so much later, at random', parseDuration)
    .option(
      '--catchup-window <duration>',
      'after an outage, make up for what was due no longer ago than this',
      parseDuration,
    )
    .option('--pause-on-failure', 'pause the Schedule when a run fails')
    .option('--paused', 'create it paused')
    .option('--note <text>', 'a note for others')
    .option('--update', 'change the Schedule if there is one with this id')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Definition, params and times are checked before anything is created. A run's id is the Schedule's id and the time
it was due. \`prose run\` and \`prose up\` start what is needed; a Schedule alone starts no worker.

Examples:
  prose schedule create continual-learning --cron '0 3 * * *' --time-zone Europe/Berlin
  prose schedule create continual-learning --id hourly --every 1h --param basePrompts=40 --paused`,
    )
    .action((name: string, options: CreateOptions) => create(cli, name, options));
}

async function create(cli: Cli, name: string, given: CreateOptions): Promise<void> {
  const options = await withLocalModel(cli, given);
  const overrides = runOptionsOf(options);
  const settings = await loadProjectSettings(cli, overrides);
  assertBudget(overrides.budget, settings);
  const definition = await loadDefinitionToRun(cli, name, settings);
  const schedule = await checkedSchedule(definition, options);
  const checked = await checkedParams(cli, definition, options, schedule.params);
  const { params, told } = await checkPromptsFile(cli, definition, checked);
  if (told !== undefined && options.json !== true) cli.print(told);
  const id = options.id ?? definition.name;
  const request: ScheduleRequest = {
    ...toTemporal(schedule),
    action: {
      type: 'startWorkflow',
      workflowType: definition.name,
      workflowId: id,
      taskQueue: withPrefix(queuePrefix(cli), WORKFLOW_TASK_QUEUE),
      args: [params, { ...overrides, ...(await ownProject(cli)) }],
    },
    state: { paused: options.paused === true, ...(options.note !== undefined && { note: options.note }) },
  };
  const session = await openTemporal(cli);
  try {
    const { schedule: schedules } = session.client;
    const handle = schedules.getHandle(id);
    const isUpdate = options.update === true && (await exists(handle));
    if (isUpdate) await handle.update(({ state }) => ({ ...request, state: keepState(state, options) }));
    else await schedules.create({ ...request, scheduleId: id }).catch(sayIfThere(id));
    const { spec, info } = await handle.describe();
    const next = info.nextActionTimes[0]?.toISOString() ?? null;
    if (options.json === true) {
      cli.printJson({ id, definition: definition.name, created: !isUpdate, times: sayTimes(spec), next });
      return;
    }
    cli.print(
      `Schedule ${cli.colors.bold(id)} ${isUpdate ? 'changed' : 'created'}: ${definition.name}, ${sayTimes(spec)}.`,
    );
    if (options.paused === true) cli.print(`It is paused: \`prose schedule resume ${id}\` lets it run.`);
    else if (next !== null) cli.print(`Next: ${next}`);
  } finally {
    await session.close();
  }
}

/** Options of the command line that are keys of a definition's schedule. */
const scheduleKeys = [
  'cron',
  'every',
  'timeZone',
  'overlap',
  'jitter',
  'catchupWindow',
  'pauseOnFailure',
] as const;

/**
 * The definition's schedule with what the command line says over it; times of the command line stand instead of the
 * definition's, time zone included. Throws `CliError` `PROBLEMS`.
 */
async function checkedSchedule(
  { name, schedule: own = {} }: Definition,
  options: CreateOptions,
): Promise<Schedule> {
  const told: Schedule = Object.fromEntries(
    scheduleKeys.flatMap((key) => {
      const value = options[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const { cron: _cron, every: _every, timeZone: _timeZone, ...others } = own;
  const isTold = told.cron !== undefined || told.every !== undefined;
  const schedule = { ...(isTold ? others : own), ...told };
  const { findScheduleProblems } = await import('../../definitions/checks/check-schedule.ts');
  const problems = [...findScheduleProblems(schedule)].map(({ code, message, advice, at }): Problem => {
    const given = `Give --cron or --every, or write a schedule into the definition '${name}'.`;
    const path = at[0] === undefined ? '' : String(at[0]);
    return {
      code,
      message,
      advice: code === 'SCHEDULE_TIMES' ? given : advice,
      file: 'schedule',
      path,
      line: 1,
      column: 1,
    };
  });
  if (problems.length > 0) throw problemsError(problems);
  return schedule;
}

/** An update leaves a Schedule that somebody has paused so, unless it says otherwise. */
function keepState(
  state: ScheduleDescription['state'],
  { paused = state.paused, note }: CreateOptions,
): ScheduleDescription['state'] {
  return { ...state, paused, ...(note !== undefined && { note }) };
}

function sayIfThere(id: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error) || error.name !== 'ScheduleAlreadyRunning') throw error;
    throw wrongInput(`There is a Schedule '${id}' already: --update changes it, --id names another`);
  };
}

function parseDuration(text: string): string {
  if (new RegExp(WHOLE_DURATION).test(text)) return text;
  throw new InvalidArgumentError('a duration such as 30s, 5m, 6h or 7d is expected');
}
