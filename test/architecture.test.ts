import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedModules } from '../workers/workflow-bundle.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Import {
  readonly from: string;
  /** Project file, or the package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

/** What each folder must never import as a value; `types` may still be imported from those marked. */
const forbidden: { from: RegExp; to: RegExp; typesAllowed: boolean; because: string }[] = [
  {
    from: /^definitions\//,
    to: /^(configs|workflows|activities|workers|cli|deploy)\//,
    typesAllowed: false,
    because: 'definitions know nothing of the rest',
  },
  {
    from: /^definitions\/(model|expressions)\//,
    to: /^(node:|ajv|yaml)/,
    typesAllowed: false,
    because: 'it runs in the workflow sandbox',
  },
  {
    from: /^configs\//,
    to: /^(workflows|activities|workers|cli|deploy)\//,
    typesAllowed: false,
    because: 'configs know nothing of their users',
  },
  {
    from: /^workflows\//,
    to: /^(activities|configs|workers|cli|deploy)\//,
    typesAllowed: true,
    because: 'the interpreter is bundled and deterministic',
  },
  {
    from: /^workflows\//,
    to: /^(node:|undici|@duckdb|@temporalio\/(worker|client|activity)|definitions\/(?!model\/|expressions\/))/,
    typesAllowed: true,
    because: 'the interpreter is bundled and deterministic',
  },
  {
    from: /^activities\//,
    to: /^(workflows|workers|cli|deploy)\//,
    typesAllowed: true,
    because: 'activities do not know who runs them',
  },
  {
    from: /^activities\/(inference|store|trainers|statistics|report|task-cache)\//,
    to: /^activities\/[^/]+\.ts$/,
    typesAllowed: true,
    because: 'what stages share does not know the stages',
  },
  {
    from: /^workers\//,
    to: /^(cli\/|workflows\/(?!messages\.ts))/,
    typesAllowed: true,
    because: 'workers take the workflows as a path',
  },
  {
    from: /^cli\//,
    to: /^(workers\/|workflows\/(?!messages\.ts))/,
    typesAllowed: true,
    because: 'the command line talks to workers through Temporal',
  },
  {
    from: /^(?!test\/|bench\/)/,
    to: /^(test|bench)\//,
    typesAllowed: false,
    because: 'tests and benchmarks are imported by nothing',
  },
];

describe('architecture', () => {
  const imports = readImports();

  it('reads the imports it judges', () => {
    assert.ok(imports.length > 100);
    assert.ok(
      imports.some(
        ({ from, to }) =>
          from === 'activities/stages/3-main-model/main-model.ts' && to === 'activities/store/digest.ts',
      ),
    );
    assert.ok(
      imports.some(
        ({ from, to, typeOnly }) =>
          from === 'activities/stages/3-main-model/main-model.ts' &&
          to === 'activities/activity.ts' &&
          typeOnly,
      ),
    );
  });

  for (const rule of forbidden) {
    it(`${rule.from.source} never imports ${rule.to.source}: ${rule.because}`, () => {
      const broken = imports.filter(
        ({ from, to, typeOnly }) =>
          rule.from.test(from) && rule.to.test(to) && !(typeOnly && rule.typesAllowed),
      );
      assert.deepEqual(broken, []);
    });
  }

  it('stages never call one another', () => {
    // The registry imports every stage, and what makes functions of them.
    const declares = (file: string): boolean =>
      /^export const \w+: Activity</m.test(readFileSync(join(root, file), 'utf8'));
    const registered = imports.filter(({ from, typeOnly }) => from === 'activities/index.ts' && !typeOnly);
    const stages = registered.map(({ to }) => to).filter((to) => to.endsWith('.ts') && declares(to));
    assert.ok(stages.length >= 20, stages.join());
    const stage = { test: (file: string): boolean => stages.includes(file) };
    assert.deepEqual(
      imports.filter(({ from, to, typeOnly }) => stage.test(from) && stage.test(to) && !typeOnly),
      [],
    );
  });

  it('shares nothing of the SDK, which has state of its workflow, between workflows', () => {
    const reached = new Set(sharedModules);
    for (const file of reached)
      for (const { from, to, typeOnly } of imports) if (from === file && !typeOnly) reached.add(to);
    assert.ok(reached.has('workflows/tasks/graph-runner.ts'), [...reached].join());
    assert.deepEqual(
      [...reached].filter((module) => /^@temporalio\/(?!common\/lib\/time\.js$)/.test(module)),
      [],
    );
  });

  it('reads the environment only where a process begins', () => {
    const readers = sourceFiles().filter((file) =>
      readFileSync(join(root, file), 'utf8').includes('process.env'),
    );
    const entries = /^(cli\/main\.ts|workers\/main\.ts|deploy\/model-server\/main\.ts|test\/.*|bench\/.*)$/;
    assert.deepEqual(
      readers.filter((file) => !entries.test(file)),
      [],
    );
  });
});

function sourceFiles(): string[] {
  return [
    'definitions',
    'configs',
    'workflows',
    'activities',
    'workers',
    'cli',
    'deploy',
    'test',
    'bench',
  ].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
}

function readImports(): Import[] {
  return sourceFiles().flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    const statements = source.matchAll(
      /^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'|\bimport\('([^']+)'\)|^import\s+'([^']+)'/gm,
    );
    return [...statements].map((match) => {
      const target = match[2] ?? match[3] ?? match[4] ?? '';
      return {
        from: file,
        to: target.startsWith('.') ? relative(root, join(root, dirname(file), target)) : target,
        typeOnly: match[1] !== undefined,
      };
    });
  });
}
