/** A project of its own for a proof, set up by its configs and worked with by the command line, as its user would. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseDocument } from 'yaml';
import type { ArmMetrics, BaselineMetrics, Metrics } from '../../activities/report/metrics.ts';
import { evaluationFolder } from '../../activities/store/run-paths.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';

export interface ProofProject {
  readonly root: string;
  /** What `prose` prints. */
  readonly prose: (...args: string[]) => Promise<string>;
  readonly changeConfig: (
    name: string,
    changes: readonly (readonly [path: readonly (string | number)[], value: unknown])[],
  ) => void;
  /** Puts the requests where a run finds them as `promptsFile=requests.jsonl`. */
  readonly writeRequests: (rows: readonly object[]) => void;
  /** Copies the report of a run, if there is one, into a folder of its name. */
  readonly keepReport: (runId: string, folder: string) => void;
  /** Runs `prose` on a prompts file; a run that fails leaves a report without a verdict. @throws if a simulated model was asked */
  readonly run: (runId: string, params: readonly string[], options?: readonly string[]) => Promise<Metrics>;
  /** Ends what runs, and removes the folder. */
  readonly close: () => Promise<void>;
}

/** A score of 1 to 5 stands for a check failed or passed. */
const POINTS = 4;

/** Shares of right answers: as people put the requests, and how many more an arm gets, with its 95% interval. */
export interface Shares {
  readonly before: number;
  readonly gain: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** @param arm undefined where nothing was tested: no gain */
export function sharesOf(baseline: Pick<BaselineMetrics, 'meanScore'>, arm: ArmMetrics | undefined): Shares {
  const share = (points: number | null | undefined): number | null =>
    points == null ? null : points / POINTS;
  return {
    before: (baseline.meanScore - 1) / POINTS,
    gain: share(arm?.gain.mean) ?? 0,
    low: share(arm?.gain.low),
    high: share(arm?.gain.high),
  };
}

export function describeShares({ before, gain, low, high }: Shares): string {
  const share = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  return `right answers ${share(before)} → ${share(before + gain)}, gain ${share(gain)} (95% interval ${share(low)} to ${share(high)})`;
}

/** @param env of the command line and of all that it starts, besides this process's. */
export function createProofProject(env: NodeJS.ProcessEnv = {}): ProofProject {
  const root = mkdtempSync(join(tmpdir(), 'prose-proof-'));
  for (const copied of ['definitions', 'configs', 'model_input'])
    cpSync(join(packageRoot, copied), join(root, copied), { recursive: true });
  const prose = async (...args: string[]): Promise<string> => {
    const cli = join(packageRoot, 'cli', 'prose.mjs');
    const run = promisify(execFile)(process.execPath, [cli, '--root', root, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 26,
    });
    run.child.stderr?.pipe(process.stderr);
    return (await run).stdout;
  };
  return {
    root,
    prose,
    changeConfig(name, changes) {
      const path = join(root, 'configs', `${name}.yaml`);
      const document = parseDocument(readFileSync(path, 'utf8'));
      for (const [key, value] of changes) document.setIn(key, document.createNode(value));
      writeFileSync(path, document.toString());
    },
    writeRequests(rows) {
      writeFileSync(join(root, 'requests.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    },
    keepReport(runId, folder) {
      const evaluation = join(root, evaluationFolder(runId));
      if (existsSync(evaluation)) cpSync(evaluation, join(folder, runId), { recursive: true });
    },
    async run(runId, params, options = []) {
      const given = params.flatMap((param) => ['--param', param]);
      await prose('run', 'prose', ...options, '--run-id', runId, ...given).catch(
        (error: { readonly code?: unknown }) => {
          if (error.code !== 1) throw error;
        },
      );
      const metrics = JSON.parse(await prose('report', runId, '--json')) as Metrics;
      if (metrics.models.some(({ simulated }) => simulated)) throw new Error('A simulated model was asked.');
      return metrics;
    },
    async close() {
      await prose('down').catch(() => undefined);
      if (!process.env['KEEP']) rmSync(root, { recursive: true, force: true });
    },
  };
}
