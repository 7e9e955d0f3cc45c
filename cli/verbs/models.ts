/** `prose models`: the trained versions of each role, and which of them is the champion. */
import { Argument, InvalidArgumentError, type Command } from 'commander';
import { promotionsOf, type Champion } from '../../activities/store/champions.ts';
import type { RegistryRole } from '../../activities/store/model-registry.ts';
import type { Store } from '../../activities/store/store.ts';
import { formatInterval, formatSigned } from '../../activities/text/figures.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { listUnfinished } from '../temporal/runs.ts';
import { openTemporal } from '../temporal/temporal-session.ts';
import { formatBytes } from '../text/bytes-text.ts';
import { championText } from '../text/champion-text.ts';
import { findDifferences } from '../text/differences.ts';
import { formatTable } from '../text/table-text.ts';
import { withStore } from '../with-store.ts';

type Registry = typeof import('../../activities/store/model-registry.ts');

const retention = () => import('../../activities/store/retention.ts');

interface JsonOption {
  readonly json?: boolean;
}

const roles: readonly RegistryRole[] = ['prompt_optimization', 'main_model'];

export function addModelsVerb(cli: Cli): void {
  const models = cli.program
    .command('models')
    .description(
      'trained versions: which there are, which is the champion, going back to the one before, and removing old ones',
    );
  addListVerb(cli, models);
  addShowVerb(cli, models);
  addDiffVerb(cli, models);
  addPruneVerb(cli, models);
  models
    .command('promote')
    .description('make a version the champion by hand, whatever its tests said')
    .addArgument(roleArgument())
    .argument('<version>', 'as `prose models list` shows it')
    .option('--json', 'print JSON')
    .action((role: RegistryRole, version: string, { json }: JsonOption) =>
      withRegistry(cli, async (registry, store) => {
        const champion = await registry.promoteVersion(store, role, version, '');
        const { simulated } = await registry.readManifest(store, role, version);
        if (simulated) cli.note(`${version} learned from simulated models: it knows nothing of a real one.`);
        tell(cli, role, champion, json);
      }),
    );
  models
    .command('rollback')
    .description('make the champion before the present one champion again')
    .addArgument(roleArgument())
    .option('--json', 'print JSON')
    .action((role: RegistryRole, { json }: JsonOption) =>
      withRegistry(cli, async (registry, store) => {
        tell(cli, role, await registry.rollBackChampion(store, role), json);
      }),
    );
}

function roleArgument(): Argument {
  return new Argument('<role>', 'whose versions').choices(roles);
}

function tell(cli: Cli, role: RegistryRole, champion: Champion, json: boolean | undefined): void {
  if (json === true) cli.printJson({ role, ...champion });
  else cli.print(championText(role, champion));
}

function addListVerb(cli: Cli, models: Command): void {
  models
    .command('list')
    .description('list the versions')
    .addArgument(new Argument('[role]', 'whose versions (default: all)').choices(roles))
    .option('--json', 'print JSON')
    .action((role: RegistryRole | undefined, { json }: JsonOption) =>
      withRegistry(cli, async (registry, store) => {
        const listed = await Promise.all(
          (role === undefined ? roles : [role]).map((one) => listRole(registry, store, one)),
        );
        const versions = listed.flat();
        if (json === true) cli.printJson(versions);
        else if (versions.length === 0) cli.print('No versions yet: `prose run prose` trains one.');
        else for (const line of formatTable(tableOf(versions))) cli.print(line);
      }),
    );
}

interface ListedVersion {
  readonly role: RegistryRole;
  readonly version: string;
  readonly isChampion: boolean;
  readonly trainer: string;
  readonly run: string;
  readonly simulated: boolean;
  /** Whether it holds no weights, only what to train them from. */
  readonly trainingSetOnly: boolean;
  /** How its test against the champion of its time went; empty if it had none. */
  readonly gate: string;
  /** Of all its files, on disk. */
  readonly bytes: number;
}

async function listRole(registry: Registry, store: Store, role: RegistryRole): Promise<ListedVersion[]> {
  const { sizeOfVersion } = await retention();
  const champion = await registry.readChampion(store, role);
  const versions = await registry.listVersions(store, role);
  return Promise.all(
    versions.map(async (version) => {
      const manifest = await registry.readManifest(store, role, version);
      const { trainer, run, simulated } = manifest;
      const gate = await registry.readGateVerdict(store, role, version);
      const gain = gate && `${formatSigned(gate.gain.mean)} (${formatInterval(gate.gain, formatSigned)})`;
      return {
        role,
        version,
        isChampion: champion?.version === version,
        trainer,
        run,
        simulated,
        trainingSetOnly: registry.isTrainingSetOnly(manifest),
        gate: gate === undefined ? '' : `${gate.promote ? 'won' : 'lost'}, ${gain}`,
        bytes: await sizeOfVersion(store, role, version),
      };
    }),
  );
}

function tableOf(versions: readonly ListedVersion[]): {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
} {
  return {
    columns: ['role', 'version', '', 'trainer', 'gate', 'run', 'models', 'size'],
    rows: versions.map(
      ({ role, version, isChampion, trainingSetOnly, trainer, gate, run, simulated, bytes }) => [
        role,
        version,
        isChampion ? 'champion' : trainingSetOnly ? 'training set only' : '',
        trainer,
        gate,
        run,
        simulated ? 'simulated' : 'real',
        formatBytes(bytes),
      ],
    ),
  };
}

function addShowVerb(cli: Cli, models: Command): void {
  models
    .command('show')
    .description('print, as JSON, all that is known of a version (default: the champion), and all promotions')
    .addArgument(roleArgument())
    .argument('[version]', 'as `prose models list` shows it')
    .action((role: RegistryRole, given: string | undefined) =>
      withRegistry(cli, async (registry, store) => {
        const champion = await registry.readChampion(store, role);
        const version = given ?? champion?.version;
        if (version === undefined) throw wrongInput(`${role} has no champion yet; name a version`);
        cli.printJson({
          ...(await describeVersion(registry, store, role, version)),
          isChampion: champion?.version === version,
          promotions: promotionsOf(champion),
        });
      }),
    );
}

/** What the registry has of a version. */
async function describeVersion(
  registry: Registry,
  store: Store,
  role: RegistryRole,
  version: string,
): Promise<{ readonly [part: string]: unknown }> {
  const read = (name: string): Promise<unknown> =>
    registry.readModelFile(store, role, version, name).catch(() => null);
  return {
    manifest: await registry.readManifest(store, role, version),
    metrics: await read('metrics.json'),
    training: await read('training.json'),
    gate: (await registry.readGateVerdict(store, role, version)) ?? null,
  };
}

function addDiffVerb(cli: Cli, models: Command): void {
  models
    .command('diff')
    .description('print where two versions of a role differ: data, settings, metrics, tests')
    .addArgument(roleArgument())
    .argument('<one>', 'as `prose models list` shows it')
    .argument('<other>', 'as `prose models list` shows it')
    .option('--json', 'print JSON')
    .action((role: RegistryRole, one: string, other: string, { json }: JsonOption) =>
      withRegistry(cli, async (registry, store) => {
        const found = findDifferences(
          await describeVersion(registry, store, role, one),
          await describeVersion(registry, store, role, other),
        );
        if (json === true) cli.printJson(found);
        else if (found.length === 0) cli.print('They are the same.');
        else {
          const rows = found.map(({ path, ...sides }) => [path, sides.one ?? '', sides.other ?? '']);
          for (const line of formatTable({ columns: ['', one, other], rows })) cli.print(line);
        }
      }),
    );
}

interface PruneOptions extends JsonOption {
  readonly keep: number;
  readonly dryRun?: boolean;
}

function addPruneVerb(cli: Cli, models: Command): void {
  models
    .command('prune')
    .description(
      'remove old versions; never champions, what they would be rolled back to, parents of what stays, or versions of runs that have not succeeded yet',
    )
    .addArgument(new Argument('[role]', 'whose versions (default: all)').choices(roles))
    .requiredOption('--keep <n>', 'how many of the newest of each role stay besides', parseKeep)
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'print JSON')
    .action(async (role: RegistryRole | undefined, { keep, dryRun, json }: PruneOptions) => {
      const runsGoingOn = await unfinishedRuns(cli);
      await withStore(cli, async (store) => {
        const { planRetention, removeVersion, sizeOfVersion } = await retention();
        const done = [];
        for (const one of role === undefined ? roles : [role])
          for (const { version, because } of await planRetention(store, one, { keep, runsGoingOn })) {
            const bytes = await sizeOfVersion(store, one, version);
            if (because === undefined && dryRun !== true) await removeVersion(store, one, version);
            done.push({ role: one, version, bytes, kept: because ?? null });
          }
        const removed = done.filter(({ kept }) => kept === null);
        if (json === true) cli.printJson(done);
        else {
          const freed = formatBytes(removed.reduce((sum, { bytes }) => sum + bytes, 0));
          for (const { role: whose, version, bytes } of removed)
            cli.print(`${whose} ${version}: ${formatBytes(bytes)}`);
          const count = `${removed.length} of ${done.length} versions`;
          cli.print(dryRun === true ? `${count}, ${freed}, would go.` : `${count} removed, ${freed} freed.`);
        }
      });
    });
}

/** Runs that go on, and those that can be retried: both may ask for their versions yet. */
async function unfinishedRuns(cli: Cli): Promise<readonly string[]> {
  const session = await openTemporal(cli);
  try {
    return await listUnfinished(session);
  } finally {
    await session.close();
  }
}

function parseKeep(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

async function withRegistry(
  cli: Cli,
  work: (registry: Registry, store: Store) => Promise<void>,
): Promise<void> {
  const registry = await import('../../activities/store/model-registry.ts');
  await withStore(cli, (store) => work(registry, store));
}
