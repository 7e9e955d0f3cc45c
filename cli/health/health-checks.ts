/** What a run needs, looked at one by one. Starts nothing and changes nothing. */
import { EMBEDDED } from '../../configs/settings/simulated.ts';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ModelConfig, Settings } from '../../configs/settings/types.ts';
import { isSetAside, readEndedWorkers, saySetAside } from '../../activities/store/records/ended-workers.ts';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { loadProjectSettings } from '../start/inputs.ts';
import { namespaceOf } from '../../deploy/temporal/connection.ts';
import { openTemporal, queuePrefix } from '../temporal/temporal-session.ts';
import { tryAgainCommand } from '../text/set-aside-text.ts';
import { checkFiles } from './check-files.ts';
import type { HealthCheck } from './health-check.ts';
import { trainerChecks } from './trainer-check.ts';

const probeTimeoutMs = 5_000;

export async function checkHealth(cli: Cli): Promise<HealthCheck[]> {
  return [
    nodeCheck(),
    await inputsCheck(cli),
    await temporalCheck(cli),
    ...(await stackChecks(cli)),
    ...setAsideChecks(cli),
    ...(await modelChecks(cli)),
  ];
}

function nodeCheck(): HealthCheck {
  const wanted = /"node":\s*">=(?<version>[\d.]+)"/u.exec(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )?.groups?.['version'];
  const [have, need] = [numbers(process.version), numbers(wanted ?? '0')];
  const differing = need.findIndex((part, index) => (have[index] ?? 0) !== part);
  const isNewEnough = differing === -1 || (have[differing] ?? 0) > (need[differing] ?? 0);
  if (isNewEnough) return { name: 'Node', state: 'well', found: process.version };
  return {
    name: 'Node',
    state: 'missing',
    found: `${process.version}, ${wanted} is needed`,
    remedy: 'https://nodejs.org',
  };
}

function numbers(version: string): number[] {
  return version.replace(/^v/u, '').split('.').map(Number);
}

async function inputsCheck(cli: Cli): Promise<HealthCheck> {
  const name = 'definitions, configs, texts';
  try {
    const { files, problems } = await checkFiles(cli);
    if (problems.length === 0) return { name, state: 'well', found: `${files.length} files in ${cli.root}` };
    return { name, state: 'missing', found: `${problems.length} problems`, remedy: 'prose validate' };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { name, state: 'missing', found: error.message, remedy: 'prose --root DIR doctor' };
  }
}

async function temporalCheck(cli: Cli): Promise<HealthCheck> {
  const { env } = cli.context;
  const address = env['TEMPORAL_ADDRESS'];
  if (address) {
    const name = 'Temporal server';
    try {
      await (await openTemporal(cli)).close();
      const prefix = queuePrefix(cli);
      const queues =
        prefix === ''
          ? 'task queues without a prefix, as those of every project of this namespace (PROSE_TASK_QUEUE_PREFIX gives one)'
          : `task queues ${prefix}… (PROSE_TASK_QUEUE_PREFIX)`;
      const found = `${address} (TEMPORAL_ADDRESS), namespace ${namespaceOf(env)}, ${queues}`;
      return { name, state: 'well', found };
    } catch (error) {
      const remedy = 'unset TEMPORAL_ADDRESS for a local server, or correct it';
      return {
        name,
        state: 'missing',
        found: error instanceof Error ? error.message : String(error),
        remedy,
      };
    }
  }
  const name = 'Temporal CLI';
  const { findTemporal } = await import('../../deploy/temporal/find.ts');
  const found = await findTemporal({ env }).catch((error: unknown) =>
    error instanceof Error ? error : undefined,
  );
  if (found === undefined || found instanceof Error) {
    return { name, state: 'missing', found: found?.message ?? 'not found' };
  }
  if ('path' in found) return { name, state: 'well', found: `${found.version}, ${found.path}` };
  const go = await promisify(execFile)('go', ['env', 'GOVERSION'], { env, cwd: '/' }).catch(() => undefined);
  const next = go === undefined ? 'downloads it' : `downloads it, or builds it with ${go.stdout.trim()}`;
  return { name, state: 'idle', found: `not there yet; prose up ${next}`, remedy: 'prose up' };
}

async function stackChecks(cli: Cli): Promise<HealthCheck[]> {
  const { stackStatus } = await import('../../deploy/stack/stack-status.ts');
  const names = {
    temporal: 'local Temporal server',
    models: 'embedded models',
    localModel: 'local model server',
    worker: 'worker',
  } as const;
  const isRemote = Boolean(cli.context.env['TEMPORAL_ADDRESS']);
  const statuses = await stackStatus(cli.root);
  return statuses
    .filter(({ name, health }) => name !== 'localModel' || health !== 'stopped')
    .filter(({ name }) => !(isRemote && name === 'temporal'))
    .map(({ name, health, part }): HealthCheck => {
      if (health === 'running') {
        const where = [part?.address, part?.uiUrl, `pid ${part?.process.pid}`].filter(Boolean).join(', ');
        return { name: names[name], state: 'well', found: `running: ${where}` };
      }
      if (health === 'dead') {
        const found = `does not answer (log: ${part?.logFile})`;
        return { name: names[name], state: 'missing', found, remedy: 'prose up' };
      }
      return { name: names[name], state: 'idle', found: 'not running; prose up, or any run, starts it' };
    });
}

/** Runs that workers refuse; none is nothing to tell of. */
function setAsideChecks(cli: Cli): HealthCheck[] {
  return readEndedWorkers(cli.root)
    .filter(isSetAside)
    .map((run) => ({
      name: 'run set aside',
      state: 'missing',
      found: saySetAside(run),
      remedy: tryAgainCommand(run),
    }));
}

async function modelChecks(cli: Cli): Promise<HealthCheck[]> {
  let settings: Settings;
  try {
    settings = await loadProjectSettings(cli);
  } catch {
    return [];
  }
  const { basePrompt, promptVariation, mainModel, promptOptimization, validatorModel } = settings;
  const models = [
    basePrompt,
    promptVariation,
    mainModel,
    promptOptimization,
    ...validatorModel.validators,
  ].map(({ model }) => model);
  const servers = new Map<string, ModelConfig>();
  for (const model of models) {
    for (const endpoint of model.endpoints)
      if (endpoint !== EMBEDDED) servers.set(`${endpoint} ${model.name}`, model);
  }
  return [
    ...(await Promise.all(
      [...servers].map(([key, model]) => modelCheck(cli, key.slice(0, key.indexOf(' ')), model)),
    )),
    ...(await trainerChecks(cli, settings)),
  ];
}

async function modelCheck(
  cli: Cli,
  endpoint: string,
  { name, apiKeyEnv }: ModelConfig,
): Promise<HealthCheck> {
  const check = `model ${name}`;
  const key = apiKeyEnv === undefined ? undefined : cli.context.env[apiKeyEnv];
  if (apiKeyEnv !== undefined && !key) {
    return {
      name: check,
      state: 'missing',
      found: `${apiKeyEnv} is not set`,
      remedy: `export ${apiKeyEnv}=…`,
    };
  }
  const remedy = `start a server there, e.g. vllm serve ${name}`;
  try {
    const response = await fetch(`${endpoint}/models`, {
      signal: AbortSignal.timeout(probeTimeoutMs),
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    });
    const text = await response.text();
    if (!response.ok)
      return { name: check, state: 'missing', found: `${endpoint} answers ${response.status}`, remedy };
    if (text.includes(JSON.stringify(name))) return { name: check, state: 'well', found: endpoint };
    return { name: check, state: 'missing', found: `${endpoint} does not serve it`, remedy };
  } catch {
    return { name: check, state: 'missing', found: `${endpoint} does not answer`, remedy };
  }
}
