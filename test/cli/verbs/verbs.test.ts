import assert from 'node:assert/strict';
import { access, cp, mkdir, mkdtemp, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleMetrics } from '../../activities/report/sample-metrics.ts';
import { captureCli, type Captured } from '../captured-cli.ts';

const packageRoot = fileURLToPath(new URL('../../..', import.meta.url));

describe('verbs in a project', () => {
  let root: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-verbs-')));
    for (const folder of ['definitions', 'configs', 'model_input']) {
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
    }
  });

  const prose = (...args: string[]): Promise<Captured> => captureCli(args, { cwd: root });
  const started = (): Promise<boolean> =>
    access(join(root, '.prose')).then(
      () => true,
      () => false,
    );
  async function breakDefinition(): Promise<void> {
    const text = await readFile(join(root, 'definitions', 'prose.yaml'), 'utf8');
    await writeFile(
      join(root, 'definitions', 'broken.yaml'),
      text.replace('name: prose', 'name: broken').replace('needs: [explore]', 'needs: [nothing]'),
    );
  }

  it('validate finds nothing wrong with what is shipped', async () => {
    const { exitCode, stdout } = await prose('validate');
    assert.equal(exitCode, 0, stdout);
  });

  it('validate tells what is wrong, where, with exit code 2', async () => {
    await breakDefinition();
    const { exitCode, stdout } = await prose('validate', '--json');
    assert.equal(exitCode, 2);
    const result: { ok: boolean; problems: { file: string; line: number }[] } = JSON.parse(stdout);
    assert.equal(result.ok, false);
    assert.ok(result.problems.length > 0);
    assert.ok(result.problems.every(({ file, line }) => file === 'definitions/broken.yaml' && line > 1));
  });

  it('validate checks the files named and no others', async () => {
    await breakDefinition();
    assert.equal((await prose('validate', 'definitions/prose.yaml')).exitCode, 0);
    assert.equal((await prose('validate', 'definitions/broken.yaml')).exitCode, 2);
    assert.equal((await prose('validate', 'package.json')).exitCode, 2);
  });

  it('validate tells that two files have the name of one definition', async () => {
    const text = await readFile(join(root, 'definitions', 'smoke.yaml'), 'utf8');
    await writeFile(join(root, 'definitions', 'examples', 'smoke.yaml'), text);
    const { exitCode, stdout } = await prose('validate', '--json');
    const { problems }: { problems: { file: string; code: string }[] } = JSON.parse(stdout);
    assert.equal(exitCode, 2);
    assert.deepEqual(
      problems.map(({ code, file }) => [code, file]),
      [['SEVERAL_DEFINITIONS', 'definitions/examples/smoke.yaml']],
    );
  });

  it('validate checks all definitions beside an activity that does not load, and blames no task that names it', async () => {
    await breakDefinition();
    await mkdir(join(root, 'activities', 'user'), { recursive: true });
    await writeFile(join(root, 'activities', 'user', 'shout.ts'), 'export const = 1;');
    const user = 'name: user\ntasks: { one: { activity: shout, with: { text: a } } }\n';
    await writeFile(join(root, 'definitions', 'user.yaml'), user);
    const { stdout } = await prose('validate', '--json');
    const { problems }: { problems: { file: string; code: string }[] } = JSON.parse(stdout);
    assert.ok(problems.some(({ code }) => code === 'USER_ACTIVITY_BROKEN'));
    assert.deepEqual(
      new Set(problems.map(({ file }) => file)),
      new Set(['activities/user/shout.ts', 'definitions/broken.yaml']),
    );
  });

  for (const args of [
    ['run', 'prose', '--param', 'basePrompts=2'],
    ['run', 'prose', '--param', 'nothing=2'],
    ['run', 'prse'],
    ['run', 'definitions/nowhere.yaml'],
    ['run', 'prose', '--run-id', ''],
    ['run', 'prose', '--run-id', 'a b/c'],
  ]) {
    it(`${args.join(' ')} is refused before anything is started`, async () => {
      const { exitCode, stdout } = await prose(...args);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.equal(await started(), false);
    });
  }

  for (const [what, name, content] of [
    ['is not there', 'absent.csv', undefined],
    ['has too few prompts', 'mine.txt', 'one\ntwo\n'],
    ['has no prompts', 'mine.jsonl', '{"text": "one"}\n'],
    ['leaves the project', '../mine.txt', undefined],
  ] as const) {
    it(`run refuses a prompts file that ${what} before anything is started`, async () => {
      if (content !== undefined) await writeFile(join(root, name), content);
      const { exitCode, stdout, stderr } = await prose('run', 'prose', '-p', `promptsFile=${name}`);
      assert.equal(exitCode, 2, stderr);
      assert.equal(stdout, '');
      assert.equal(await started(), false);
    });
  }

  it('graph draws a definition', async () => {
    const { exitCode, stdout } = await prose('graph', 'prose');
    assert.equal(exitCode, 0);
    assert.match(stdout, /^flowchart TD\n/u);
    assert.match((await prose('graph', 'prose', '--format', 'svg')).stdout, /<svg/u);
  });

  for (const args of [['status'], ['list'], ['cancel', 'prose-1'], ['report'], ['logs']]) {
    it(`${args.join(' ')} says what to do when nothing was ever run`, async () => {
      const { exitCode, stdout, stderr } = await prose(...args);
      assert.equal(exitCode, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /`prose (?:up|run prose)`/u);
    });
  }

  it('report shows and compares runs of an earlier version, and commands no terminal', async () => {
    const { leaks: _, ...rest } = sampleMetrics;
    const earlier = (run: string): object => ({
      ...rest,
      run,
      settings: { ...rest.settings, rubric: `of ${run} \u009B2J` },
      baseline: { meanScore: rest.baseline.meanScore, scores: rest.baseline.scores },
      arms: rest.arms.map(({ isControl: __, overControl: ___, ...arm }) => arm),
    });
    for (const run of ['prose-1', 'prose-2']) {
      const folder = join(root, 'results', 'evaluations', run);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'metrics.json'), JSON.stringify(earlier(run)));
    }
    const one = await prose('report', 'prose-1');
    assert.equal(one.exitCode, 0, one.stderr);
    assert.match(one.stdout, /^untouched prompts .* not known$/mu);
    assert.match(one.stdout, /^optimized as learned .* 9\.0, 2,400$/mu);
    const both = await prose('report', 'prose-1', 'prose-2');
    assert.equal(both.exitCode, 0, both.stderr);
    assert.match(both.stdout, /differs: rubric: of prose-1 \uFFFD2J · of prose-2/u);
    const { stdout } = await prose('report', 'prose-1', '--json');
    assert.ok(!stdout.includes('\u009B'));
    assert.deepEqual(JSON.parse(stdout), earlier('prose-1'));
  });

  it('logs prints the log written last, made harmless', async () => {
    await mkdir(join(root, 'results', 'logs'), { recursive: true });
    await writeFile(
      join(root, 'results', 'logs', 'prose-1.jsonl'),
      `${JSON.stringify({ level: 30, time: 0, msg: 'answered \u001B[2J' })}\n${JSON.stringify({ level: 20, msg: 'detail' })}\n`,
    );
    const { exitCode, stdout } = await prose('logs');
    assert.equal(exitCode, 0);
    assert.match(stdout, /^\S+ INFO {2}answered \uFFFD\[2J\n$/u);
    assert.match((await prose('logs', 'prose-1', '--level', 'debug')).stdout, /detail/u);
    assert.equal((await prose('logs', '../../configs/queues')).exitCode, 2);
    assert.equal((await prose('report', 'nosuch')).exitCode, 2);
  });

  it('sql prints a table, JSON or CSV', async () => {
    const query = "select 1 as n, 'a\u001B' as t";
    assert.match((await prose('sql', query)).stdout, /^n {2}t\s+─ {2}─+\s+1 {2}a\uFFFD\n1 row\n$/u);
    assert.deepEqual(JSON.parse((await prose('sql', query, '--json')).stdout), [{ n: 1, t: 'a\u001B' }]);
    assert.equal((await prose('sql', query, '--csv')).stdout, 'n,t\r\n1,a\u001B\r\n');
  });

  it('sql never lets a text or a name of a column command a terminal, and alters no text for a program', async () => {
    const text = 'a\u001B[31m\u009B31m\u202E\u{E0041}';
    const query = `select '${text}' as "${text}"`;
    const onTerminal = (...args: string[]): Promise<Captured> =>
      captureCli(['sql', query, ...args], { cwd: root, isTTY: true, env: { NO_COLOR: '1' } });
    for (const args of [[], ['--csv'], ['--json']]) {
      assert.doesNotMatch((await onTerminal(...args)).stdout, /[^\P{Cc}\r\n]|\p{Cf}/u);
    }
    assert.deepEqual(JSON.parse((await onTerminal('--json')).stdout), [{ [text]: text }]);
    assert.equal((await prose('sql', query, '--csv')).stdout, `${text}\r\n${text}\r\n`);
  });

  it('sql prints as many rows as there are, or none', async () => {
    const many = await prose('sql', 'select i from range(200000) t(i)');
    assert.ok(many.stdout.endsWith('199999\n200000 rows\n'));
    const csv = await prose('sql', '--csv', 'select i from range(200000) t(i)');
    assert.equal(csv.stdout.split('\r\n').length, 200_002);
    const json = await prose('sql', '--json', 'select i from range(200000) t(i)');
    assert.deepEqual((JSON.parse(json.stdout) as unknown[]).slice(-1), [{ i: 199_999 }]);
    assert.match((await prose('sql', 'select pair_idx from pairs')).stdout, /^pair_idx\n─+\n0 rows\n$/u);
    assert.equal((await prose('sql', 'select pair_idx from pairs', '--csv')).stdout, 'pair_idx\r\n');
    assert.equal((await prose('sql', 'select pair_idx from pairs', '--json')).stdout, '[]\n');
  });

  it('sql writes Parquet below results/ and nowhere else, with every column', async () => {
    const file = join(root, 'results', 'exported', 'x.parquet');
    const query = "select 'r' as run, i::integer as i from range(3) t(i);";
    const written = await captureCli(['sql', query, '--parquet', 'results/exported/x.parquet'], {
      cwd: root,
    });
    assert.equal(written.exitCode, 0);
    assert.equal(written.stdout, '');
    const read = await prose('sql', `select run, sum(i)::integer as n from '${file}' group by run`, '--json');
    assert.deepEqual(JSON.parse(read.stdout), [{ run: 'r', n: 3 }]);
    for (const elsewhere of ['x.parquet', 'data/x.parquet', 'results', '../x.parquet'])
      assert.equal((await prose('sql', query, '--parquet', elsewhere)).exitCode, 2);
  });

  it('sql without a query reads statements and dot commands from standard input', async () => {
    const stdin = "select 1 as n;\n.mode csv\nselect 2 as n,\n  'b' as t;\n.schema pairs\nselect 3 as n";
    const { exitCode, stdout } = await captureCli(['sql'], { cwd: root, stdin });
    assert.equal(exitCode, 0);
    assert.match(stdout, /^n\n─\n1\n1 row\nn,t\r\n2,b\r\n/u);
    assert.match(stdout, /base_prompt_idx,INTEGER/u);
    assert.ok(stdout.endsWith('n\r\n3\r\n'));
  });

  it('sql ends at a dot command of a script that there is not', async () => {
    for (const wrong of ['.bogus', '.mode xml', '.schema']) {
      const stdin = `${wrong}\nselect 2;`;
      const { exitCode, stdout, stderr } = await captureCli(['sql'], { cwd: root, stdin });
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.ok(stderr.includes(wrong) && stderr.includes('.mode FORM'), stderr);
    }
  });

  it('sql ends at the first wrong statement of a script', async () => {
    const { exitCode, stdout, stderr } = await captureCli(['sql'], {
      cwd: root,
      stdin: 'selec 1;\nselect 2;',
    });
    assert.equal(exitCode, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /selec/u);
  });

  for (const [query, line] of [
    ['select 1,\n  2 frm x wher', 'LINE 2:   2 frm x wher'],
    ['select nosuch from pairs', 'LINE 1: select nosuch from pairs'],
    ['from pairz', 'LINE 1: from pairz'],
  ] as const) {
    it(`sql points at what is wrong in ${JSON.stringify(query)}`, async () => {
      const { exitCode, stderr } = await prose('sql', query);
      assert.equal(exitCode, 2);
      assert.match(stderr, new RegExp(`${line}\n *\\^`, 'u'));
    });
  }

  for (const query of [
    'create table x (y int)',
    'selec 1',
    'select nothing from nowhere',
    'select 1; select 2',
  ]) {
    it(`sql refuses ${query} with exit code 2`, async () => {
      const { exitCode, stdout } = await prose('sql', query);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
    });
  }

  for (const query of ['', ' ', ';', '/* nothing */'])
    it(`sql says that ${JSON.stringify(query)} has no statement, with exit code 2`, async () => {
      const { exitCode, stderr } = await prose('sql', query);
      assert.equal(exitCode, 2);
      assert.match(stderr, /no statement/u);
    });

  it('run tells what a definition most likely does not mean, before anything is started', async () => {
    const text =
      "name: odd\nparams: { x: { type: integer } }\ntasks: { a: { activity: noop, with: { value: '{{ params.x }}' } } }\n";
    await writeFile(join(root, 'definitions', 'odd.yaml'), text);
    const { exitCode, stderr } = await prose('run', 'odd');
    assert.equal(exitCode, 2);
    assert.match(stderr, /warning: definitions\/odd\.yaml:3:\d+ NO_EXPRESSION/u);
    assert.match(stderr, /MISSING_PARAM/u);
    assert.equal(await started(), false);
  });

  it('validate counts one file as one', async () => {
    const { stdout } = await prose('validate', 'definitions/smoke.yaml');
    assert.match(stdout, /1 file, no problems/u);
  });

  it('tells which variable names a Temporal server that cannot be reached', async () => {
    const env = { TEMPORAL_ADDRESS: 'http://127.0.0.1:7233' };
    const { exitCode, stderr } = await captureCli(['list'], { cwd: root, env });
    assert.equal(exitCode, 1);
    assert.match(stderr, /TEMPORAL_ADDRESS/u);
  });

  it('shows no line of a file that lies outside of the project', async () => {
    await writeFile(`${root}-secret.yaml`, 'secret: word\n');
    await symlink(`${root}-secret.yaml`, join(root, 'definitions', 'link.yaml'));
    for (const args of [['validate'], ['run', 'definitions/link.yaml']]) {
      const { exitCode, stdout, stderr } = await prose(...args);
      assert.equal(exitCode, 2);
      assert.match(stdout + stderr, /FILE_OUTSIDE/u);
      assert.doesNotMatch(stdout + stderr, /secret: word/u);
    }
  });

  it('optimize without a champion says only that there is none', async () => {
    const { exitCode, stderr } = await prose('optimize', 'a prompt');
    assert.equal(exitCode, 1);
    assert.match(stderr, /promoted/u);
    assert.doesNotMatch(stderr, /Simulated/u);
  });

  for (const [what, bytes] of [
    ['bytes that are no UTF-8', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff])],
    ['a NUL character', Buffer.from('a\0b')],
  ] as const) {
    it(`optimize refuses ${what}, on standard input and in a file, and starts nothing`, async () => {
      assert.equal((await captureCli(['optimize'], { cwd: root, stdin: bytes })).exitCode, 2);
      await writeFile(join(root, 'binary.txt'), bytes);
      assert.equal((await prose('optimize', '--file', join(root, 'binary.txt'))).exitCode, 2);
      assert.equal(await started(), false);
    });
  }

  it('optimize refuses an empty prompt, and a prompt beside a file', async () => {
    assert.equal((await captureCli(['optimize'], { cwd: root, stdin: ' \n' })).exitCode, 2);
    assert.equal((await prose('optimize', 'a prompt', '--file', 'prompts.txt')).exitCode, 2);
    assert.equal(await started(), false);
  });

  it('doctor starts nothing and finds a fresh project well', async () => {
    const { exitCode, stdout } = await prose('doctor', '--json');
    assert.equal(exitCode, 0, stdout);
    assert.equal(await started(), false);
  });

  it('doctor names what is missing, with exit code 1', async () => {
    const env = { TEMPORAL_CLI_PATH: join(root, 'absent') };
    const { exitCode, stdout } = await captureCli(['doctor', '--json'], { cwd: root, env });
    assert.equal(exitCode, 1);
    const result: { checks: { name: string; state: string }[] } = JSON.parse(stdout);
    assert.deepEqual(
      result.checks.filter(({ state }) => state === 'missing').map(({ name }) => name),
      ['Temporal CLI'],
    );
  });
});
