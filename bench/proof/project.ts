/** A project of its own for a proof, set up by its configs and worked with by the command line, as its user would. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseDocument } from 'yaml';
import type { Metrics } from '../../activities/report/metrics.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';

export interface ProofProject {
  readonly root: string;
  /** What `prose` prints. */
  readonly prose: (...args: string[]) => Promise<string>;
  readonly changeConfig: (
    name: string,
    changes: readonly (readonly [path: readonly (string | number)[], value: unknown])[],
  ) => void;
  /** Runs `prose` on a prompts file; a run that fails leaves a report without a verdict. @throws if a simulated model was asked */
  readonly run: (runId: string, params: readonly string[], options?: readonly string[]) => Promise<Metrics>;
  /** Ends what runs, and removes the folder. */
  readonly close: () => Promise<void>;
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
