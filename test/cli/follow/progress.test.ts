import assert from 'node:assert/strict';
import colors from 'picocolors';
import { formatDuration } from '../../../cli/text/duration-text.ts';
import { ProgressTracker } from '../../../cli/follow/progress-tracker.ts';
import { formatStatus, formatStatusLine, shareDone } from '../../../cli/follow/progress-view.ts';
import type { TaskState } from '../../../definitions/model/types.ts';
import type { RunStatus, TaskStatus } from '../../../workflows/messages.ts';
import { noInstances } from '../../support/no-instances.ts';

const plain = colors.createColors(false);

function task(
  path: string,
  state: TaskState,
  counts: Partial<TaskStatus['counts']>,
  more: Partial<TaskStatus> = {},
): TaskStatus {
  const name = path.split('.').at(-1) ?? path;
  return { name, path, kind: 'activity', state, counts: { ...noInstances, ...counts }, ...more };
}

function run(tasks: readonly TaskStatus[], more: Partial<RunStatus> = {}): RunStatus {
  return {
    runId: 'prose-1',
    definition: 'prose',
    description: '',
    state: 'running',
    paused: false,
    params: {},
    digest: '',
    startedAt: 0,
    tasks,
    slices: [],
    waiting: [],
    failures: [],
    outputs: null,
    ...more,
  };
}

describe('progress of a run', () => {
  it('counts the rounds of a task that repeats as that task', () => {
    const progress = new ProgressTracker().update(0, [
      { instance: 'improve@2', attempt: 1, progress: { done: 3, total: 10, unit: 'answers' } },
    ]);
    assert.equal(progress.get('improve')?.done, 3);
  });

  it('is that of the work, and not of what is there to catch its failure', () => {
    const handler = task('a.undo', 'pending', {}, { isCatch: true });
    const a = task('a', 'running', { running: 1 }, { tasks: [handler] });
    assert.equal(shareDone(a, new Map([['a', { done: 3, total: 4, unit: 'rows' }]])), 0.75);
    const inner = task('g.a', 'succeeded', { succeeded: 1 });
    const tasks = [inner, task('g.undo', 'pending', {}, { isCatch: true })];
    assert.equal(shareDone(task('g', 'running', { running: 1 }, { kind: 'group', tasks }), new Map()), 1);
    const shown = formatStatus(run([a]), new Map(), 0, plain);
    assert.match(shown[2] ?? '', /undo +catch$/u);
  });

  it('adds up the instances of a task', () => {
    const progress = new ProgressTracker().update(0, [
      { instance: 'explore[0].answer', attempt: 1, progress: { done: 3, total: 10, unit: 'answers' } },
      { instance: 'explore[1].answer', attempt: 1, progress: { done: 4, total: 10, unit: 'answers' } },
      { instance: 'explore[2].vary', attempt: 1 },
    ]);
    assert.deepEqual([...progress], [['explore.answer', { done: 7, total: 20, unit: 'answers' }]]);
  });

  it('has what an instance says besides, but not of several', () => {
    const progress = { done: 3, total: 10, unit: 'steps', note: 'loss 0.5' };
    const says = (...instances: string[]): string | undefined =>
      new ProgressTracker()
        .update(
          0,
          instances.map((instance) => ({ instance, attempt: 1, progress })),
        )
        .get('a')?.note;
    assert.equal(says('a'), 'loss 0.5');
    assert.equal(says('a[0]', 'a[1]'), undefined);
  });

  it('counts an instance that is no longer pending as done', () => {
    const tracker = new ProgressTracker();
    tracker.update(0, [{ instance: 'a[0]', attempt: 1, progress: { done: 3, total: 10, unit: 'rows' } }]);
    assert.equal(tracker.update(1_000, []).get('a')?.done, 10);
  });

  it('takes the rate from the last while only', () => {
    const tracker = new ProgressTracker();
    const at = (nowMs: number, done: number): number | undefined =>
      tracker
        .update(nowMs, [{ instance: 'a', attempt: 1, progress: { done, total: 1_000, unit: 'rows' } }])
        .get('a')?.perSecond;
    assert.equal(at(0, 0), undefined);
    assert.equal(at(10_000, 100), 10);
    assert.equal(at(60_000, 100), undefined);
    assert.equal(at(61_000, 150), 50);
  });

  it('never counts backwards when an attempt starts again', () => {
    const tracker = new ProgressTracker();
    tracker.update(0, [{ instance: 'a', attempt: 1, progress: { done: 50, total: 100, unit: 'rows' } }]);
    const again = tracker.update(1_000, [
      { instance: 'a', attempt: 2, progress: { done: 10, total: 100, unit: 'rows' } },
    ]);
    assert.equal(again.get('a')?.perSecond, 0);
  });

  it('knows the share of a task that is one instance from its heartbeats', () => {
    const status = task('a', 'running', { running: 1 });
    assert.equal(shareDone(status, new Map([['a', { done: 3, total: 4, unit: 'rows' }]])), 0.75);
    assert.equal(shareDone(status, new Map()), 0);
  });

  it('keeps the share of a task of many instances between its ended and its started ones', () => {
    const status = task('a', 'running', { succeeded: 4, running: 2, pending: 4 });
    const share = shareDone(status, new Map([['a', { done: 45, total: 60, unit: 'rows' }]]));
    assert.ok(share > 0.4 && share < 0.6, String(share));
    assert.equal(shareDone(status, new Map()), 0.4);
  });

  it('knows the share of a group from its tasks', () => {
    const tasks = [
      task('g.a', 'succeeded', { succeeded: 2 }),
      task('g.b', 'running', { running: 1, pending: 1 }),
    ];
    assert.equal(shareDone(task('g', 'running', { running: 2 }, { kind: 'group', tasks }), new Map()), 0.5);
  });

  it('counts the items of a group that have not begun', () => {
    const tasks = [
      task('each.b', 'succeeded', { succeeded: 100 }),
      task('each.c', 'running', { succeeded: 80, running: 20 }),
    ];
    const counts = { succeeded: 80, running: 20, pending: 900 };
    const each = task('each', 'running', counts, { kind: 'group', tasks });
    assert.equal(shareDone(each, new Map()), 0.09);
  });
});

describe('status text', () => {
  const tasks = [
    task('basePrompts', 'succeeded', { succeeded: 1 }, { startedAt: 0, endedAt: 1_500 }),
    task(
      'explore',
      'running',
      { succeeded: 3, running: 2, pending: 5 },
      {
        kind: 'group',
        startedAt: 2_000,
        tasks: [
          task('explore.answer', 'running', { succeeded: 3, running: 1, pending: 6 }, { startedAt: 2_000 }),
        ],
      },
    ),
    task('train', 'skipped', { skipped: 1 }, { reason: 'when is false' }),
  ];

  it('has a line for every task, indented by depth', () => {
    const lines = formatStatus(run(tasks), new Map(), 12_000, plain);
    assert.deepEqual(lines, [
      'prose-1  running  12s',
      '  ✔ basePrompts  1.5s',
      '  ▶ explore      ██████░░░░░░░░░░░░░░  3/10  23s left',
      '  ▶   answer     ██████░░░░░░░░░░░░░░  3/10  23s left',
      '  ↷ train        when is false',
    ]);
  });

  it('says on one line what runs and how far it is', () => {
    const progress = new Map([['explore.answer', { done: 120, total: 160, unit: 'answers', perSecond: 35 }]]);
    assert.equal(
      formatStatusLine(run(tasks), progress),
      '2 of 3 tasks done · explore.answer 3/10 (120 answers, 35/s)',
    );
  });

  it('shows what is held and a pause, each with the command that goes on', () => {
    const waiting = [
      { task: 'a[1]', state: 'held', for: 'decision', since: 0, reason: 'MODEL_DOWN: refused' },
      { task: 'b', state: 'waiting', for: 'approval', since: 0, reason: 'Promote?' },
      { task: 'c', state: 'waiting', for: 'time', since: 0, reason: 'until noon' },
    ] as const;
    const status = run([task('a', 'held', { succeeded: 1, held: 1 })], { waiting, paused: true });
    assert.deepEqual(formatStatus(status, new Map(), 1_000, plain).slice(2), [
      '  a[1] is held: MODEL_DOWN: refused',
      "    prose retry prose-1 --task 'a[1]' (or skip, or fail)",
      '  b is waiting: Promote?',
      "    prose approve prose-1 --task 'b' (or with --reject)",
      '  c is waiting: until noon',
      '  The run is paused: nothing new starts.',
      '    prose resume prose-1',
    ]);
    assert.equal(
      formatStatusLine(status, new Map()),
      '0 of 1 tasks done · paused · a[1] is held · b is waiting · c is waiting',
    );
  });

  it('shows what is held in a run inside it, with that run in the command', () => {
    const waiting = [{ task: 'b', state: 'waiting', for: 'approval', since: 0, reason: 'Promote?' }] as const;
    const status = run([task('sub', 'running', { running: 1 })]);
    const inside = { ...run([], { waiting }), runId: 'prose-1/sub[2]' };
    assert.deepEqual(formatStatus(status, new Map(), 1_000, plain, [inside]).slice(2), [
      '  prose-1/sub[2]: b is waiting: Promote?',
      "    prose approve 'prose-1/sub[2]' --task 'b' (or with --reject)",
    ]);
    assert.match(formatStatusLine(status, new Map(), [inside]), / · prose-1\/sub\[2\]: b is waiting$/u);
  });

  it('tells what became of the items of a task that has ended', () => {
    const each = task('each', 'cancelled', { succeeded: 247, cancelled: 1753 });
    const all = task('all', 'succeeded', { succeeded: 9 });
    const lines = formatStatus(run([each, all]), new Map(), 0, plain);
    assert.deepEqual(lines.slice(1), ['  ■ each  247 succeeded, 1753 cancelled', '  ✔ all   ×9']);
  });

  it('shows failures with control characters made visible', () => {
    const failures = [{ task: 'a', state: 'failed' as const, type: 'BAD', message: 'x\u001B[2Jy\nz' }];
    const lines = formatStatus(
      run([], { failures, state: 'failed', endedAt: 1_000 }),
      new Map(),
      9_000,
      plain,
    );
    assert.deepEqual(lines, ['prose-1  failed  1.0s', '  a failed: BAD x\uFFFD[2Jy z']);
  });
});

describe('duration text', () => {
  for (const [ms, text] of [
    [0, '0.0s'],
    [-5, '0.0s'],
    [9_949, '9.9s'],
    [9_950, '10s'],
    [59_499, '59s'],
    [59_500, '1m 00s'],
    [3_599_400, '59m 59s'],
    [3_600_000, '1h 00m'],
    [90_000_000, '1d 1h'],
  ] as const) {
    it(`of ${ms} ms is ${text}`, () => assert.equal(formatDuration(ms), text));
  }
});
