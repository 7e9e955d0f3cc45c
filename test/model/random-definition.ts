/**
 * Random definitions for the tests that hold the interpreter against the model. All a definition does is written in it, so that
 * its YAML alone tells why a test failed: its one activity, `work`, fails as often as its input `failures` says, and
 * otherwise gives its input back; some tasks wait for people instead. In rounds it is given what the round before was worth.
 */
import fc from 'fast-check';
import { stringify } from 'yaml';
import type {
  Catch,
  JoinRule,
  OnFailure,
  Repeat,
  Task,
  Tasks,
  Value,
  Wait,
} from '../../definitions/model/types.ts';

/** What is drawn for a task; numbers stand for choices among what there is, so that everything drawn is valid and shrinks. */
interface Drawn {
  readonly needs: readonly number[];
  readonly run: JoinRule;
  /** How the condition is written; `value` asks for the value of a needed task. */
  readonly when: 'none' | 'true' | 'false' | 'error' | 'value';
  readonly forEach: {
    readonly items: number;
    readonly concurrency: number;
    readonly maxFailures: number | string;
    /** Its bounds are expressions. */
    readonly computed: boolean;
    readonly hasIndex: boolean;
  } | null;
  readonly repeat: {
    /** When it ends before `maxRounds`; `value` asks for the value of the last round. */
    readonly until: 'none' | 'round' | 'value' | 'never' | 'error';
    readonly lastRound: number;
    readonly maxRounds: number;
  } | null;
  readonly onFailure: OnFailure;
  /** How often the activity fails; inside a `forEach` only for the item, and inside a `repeat` in the round, of this number. */
  readonly failures: number;
  /** It waits for people instead of working. */
  readonly asks: {
    readonly what: 'approval' | 'labels';
    readonly labelers: number;
    readonly hasLimit: boolean;
    readonly preset: boolean;
  } | null;
  /** It fails by itself instead of working; it says what it was given as the reason. */
  readonly fails: boolean;
  readonly failingItem: number;
  readonly failingRound: number;
  /** Hands the value of a task on: of one it needs, or of one outside its group. */
  readonly hands: 'nothing' | 'needed' | 'outer' | 'error';
  /** It handles its error, by so many tasks that may fail themselves. */
  readonly catches: {
    readonly codes: readonly string[] | null;
    readonly when: 'none' | 'true' | 'type' | 'error';
    readonly failing: readonly boolean[];
    readonly outputs: boolean;
  } | null;
  /** For a group. */
  readonly tasks: readonly Drawn[] | null;
  readonly outputs: boolean;
}

const RULES: readonly JoinRule[] = [
  'allSucceeded',
  'noneFailed',
  'noneFailedMinOneSucceeded',
  'allSettled',
  'anySucceeded',
  'anyFailed',
  'anySettled',
  'allFailed',
  'allSkipped',
  'always',
];

const usually = <T>(value: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others });

function drawnTask(depth: number): fc.Arbitrary<Drawn> {
  return fc.record({
    needs: fc.array(fc.nat(7), { maxLength: 3 }),
    run: usually<JoinRule>('allSucceeded', fc.constantFrom(...RULES)),
    when: usually<Drawn['when']>('none', fc.constantFrom('true', 'false', 'error', 'value')),
    forEach: usually<Drawn['forEach']>(
      null,
      fc.record({
        items: fc.nat(4),
        concurrency: fc.integer({ min: 1, max: 3 }),
        maxFailures: fc.constantFrom(0, 1, '34%', '100%'),
        computed: fc.boolean(),
        hasIndex: fc.boolean(),
      }),
    ),
    repeat: usually<Drawn['repeat']>(
      null,
      fc.record({
        until: fc.constantFrom('none', 'round', 'value', 'never', 'error'),
        lastRound: fc.nat(2),
        maxRounds: fc.integer({ min: 1, max: 3 }),
      }),
    ),
    onFailure: usually<OnFailure>('fail', fc.constantFrom('continue', 'hold')),
    failures: usually(0, fc.integer({ min: 1, max: 2 })),
    asks: usually<Drawn['asks']>(
      null,
      fc.record({
        what: fc.constantFrom('approval', 'labels'),
        labelers: fc.integer({ min: 1, max: 2 }),
        hasLimit: fc.boolean(),
        preset: fc.boolean(),
      }),
    ),
    fails: usually(false, fc.boolean()),
    failingItem: fc.nat(3),
    failingRound: fc.nat(2),
    hands: fc.constantFrom('needed', 'outer', 'nothing', 'error'),
    catches: usually<Drawn['catches']>(
      null,
      fc.record({
        codes: usually<readonly string[] | null>(
          null,
          fc.constantFrom(['PLAYED'], ['DRAWN', 'GROUP_FAILED'], ['EXPRESSION_ERROR'], ['OTHER']),
        ),
        when: usually<'none' | 'true' | 'type' | 'error'>('none', fc.constantFrom('true', 'type', 'error')),
        failing: fc.array(usually(false, fc.boolean()), { minLength: 1, maxLength: 3 }),
        outputs: fc.boolean(),
      }),
    ),
    tasks: depth === 0 ? fc.constant(null) : usually<Drawn['tasks']>(null, drawnTasks(depth - 1)),
    outputs: fc.boolean(),
  });
}

function drawnTasks(depth: number): fc.Arbitrary<readonly Drawn[]> {
  return fc.array(drawnTask(depth), { minLength: 1, maxLength: depth === 2 ? 8 : 4 });
}

/** The rules by which a task may start while tasks it needs are still running, so that what it sees depends on the moment. */
const EARLY: readonly JoinRule[] = ['anySucceeded', 'anyFailed', 'anySettled'];

/** Where a task stands: what it can refer to. */
interface Place {
  /** Begins the names of the tasks; those of a group have the next letter, so that names tell the depth. */
  readonly letter: string;
  /** Names of the items around it. */
  readonly items: readonly string[];
  /** Whether something around it repeats. */
  readonly isRepeated: boolean;
  /** A task outside its group that it can refer to. */
  readonly outer: string | undefined;
  /** Nothing may depend on which of two running activities ends first, nor wait for an operator. */
  readonly isTimeless: boolean;
}

/**
 * Whether a task ends in a moment of its own. A group, a list, or what fails without having worked, may end in the very
 * moment in which a rule is met early: then nobody says what is seen of it.
 */
function endsByItself({ tasks, forEach, fails, when, hands }: Drawn): boolean {
  const canBegin = !fails && when !== 'error' && (hands === 'nothing' || hands === 'error');
  return tasks === null && forEach === null && canBegin;
}

function tasksOf(drawn: readonly Drawn[], place: Place): Tasks {
  const tasks = drawn.map((task, index) => [`${place.letter}${index}`, taskOf(task, index, drawn, place)]);
  return Object.fromEntries(tasks);
}

function taskOf(drawn: Drawn, index: number, siblings: readonly Drawn[], place: Place): Task {
  const { letter, items, isTimeless } = place;
  const choices = index === 0 ? [] : [...new Set(drawn.needs.map((choice) => choice % index))];
  const needs = choices.map((choice) => `${letter}${choice}`);
  const first = siblings[choices[0] ?? -1];
  const isClear = !EARLY.includes(drawn.run) || (!isTimeless && first !== undefined && endsByItself(first));
  const seen = first !== undefined && isClear ? needs[0] : undefined;
  const as = `${letter}Item`;
  const within =
    drawn.forEach === null ? items : [...items, as, ...(drawn.forEach.hasIndex ? [`${letter}Index`] : [])];
  const isRepeated = drawn.repeat !== null || place.isRepeated;
  const base = {
    ...(needs.length > 0 ? { needs, ...(drawn.run === 'allSucceeded' ? {} : { run: drawn.run }) } : {}),
    ...whenOf(drawn.when, seen),
    ...(drawn.forEach === null ? {} : { forEach: forEachOf(drawn.forEach, as) }),
    ...(drawn.repeat === null ? {} : { repeat: repeatOf(drawn.repeat, drawn.tasks === null) }),
    ...(drawn.catches === null ? {} : { catch: catchOf(drawn.catches, drawn.tasks, letter, within) }),
  };
  if (drawn.tasks !== null) {
    const inner = String.fromCharCode(letter.charCodeAt(0) + 1);
    return {
      ...base,
      ...(drawn.onFailure === 'continue' ? { onFailure: 'continue' } : {}),
      tasks: tasksOf(drawn.tasks, {
        letter: inner,
        items: within,
        isRepeated,
        outer: seen ?? place.outer,
        isTimeless,
      }),
      ...(drawn.outputs ? { outputs: { out: `\${ tasks.${inner}0 }` } } : {}),
    };
  }
  const handed = drawn.hands === 'needed' ? seen : drawn.hands === 'outer' ? place.outer : undefined;
  const why = drawn.hands === 'error' && seen !== undefined ? whyOf(seen) : undefined;
  const ended = {
    ...base,
    ...(drawn.onFailure === 'fail' || (isTimeless && drawn.onFailure === 'hold')
      ? {}
      : { onFailure: drawn.onFailure }),
  };
  if (drawn.fails) return { ...ended, fail: { code: 'DRAWN', message: why ?? 'It was to fail.' } };
  if (drawn.asks !== null && !isTimeless) return { ...ended, wait: waitOf(drawn.asks, handed) };
  return {
    ...ended,
    activity: 'work',
    with: {
      ...(drawn.failures > 0 ? { failures: failuresOf(drawn, within, isRepeated) } : {}),
      ...(isRepeated ? { round: '${ repeat.round }', last: '${ repeat.last }' } : {}),
      ...(handed === undefined ? {} : { from: `\${ tasks.${handed} }` }),
      ...(why === undefined ? {} : { why }),
      ...(within.length > 0 ? { items: within.map((name) => `\${ ${name} }`) } : {}),
    },
  };
}

/** Each of its tasks needs the one before, and tells what it knows of the error, the group that failed, and the items around. */
function catchOf(
  { codes, when, failing, outputs }: NonNullable<Drawn['catches']>,
  group: Drawn['tasks'],
  letter: string,
  items: readonly string[],
): Catch {
  const name = `caught${letter.toUpperCase()}`;
  const first = `${String.fromCharCode(letter.charCodeAt(0) + 1)}0`;
  const tasks = failing.map((fails, index): [string, Task] => [
    `${name}${index}`,
    {
      ...(index === 0 ? {} : { needs: [`${name}${index - 1}`] }),
      activity: 'work',
      with: {
        ...(fails ? { failures: 9 } : {}),
        error: '${ error.type }',
        task: '${ error.task }',
        ...(group === null ? {} : { saw: `\${ has(tasks.${first}) }`, why: whyOf(first) }),
        ...(index === 0 ? {} : { before: `\${ tasks.${name}${index - 1}.error }` }),
        ...(items.length > 0 ? { items: items.map((item) => `\${ ${item} }`) } : {}),
      },
    },
  ]);
  const conditions = { true: 'true', type: "${ error.type == 'PLAYED' }", error: '${ params.missing }' };
  return {
    ...(codes === null ? {} : { codes }),
    ...(when === 'none' ? {} : { when: conditions[when] }),
    tasks: Object.fromEntries(tasks),
    ...(outputs ? { outputs: { out: `\${ tasks.${name}0.task }` } } : {}),
  };
}

/** Why a task failed, if it has. */
function whyOf(task: string): string {
  return `\${ has(errors.${task}) ? errors.${task}.type : 'nothing' }`;
}

function waitOf(
  { what, labelers, hasLimit, preset }: NonNullable<Drawn['asks']>,
  handed: string | undefined,
): Wait {
  const message = handed === undefined ? 'Well?' : `\${ tasks.${handed} }`;
  if (what === 'approval') {
    const limit = { timeout: '1h', default: preset ? ('approve' as const) : ('reject' as const) };
    return { approval: { message, ...(hasLimit && limit) } };
  }
  const limit = { timeout: '1h', default: preset ? ('continue' as const) : ('fail' as const) };
  return { labels: { message, labelers, ...(hasLimit && limit) } };
}

function whenOf(when: Drawn['when'], needed: string | undefined): { when?: string } {
  if (when === 'true' || when === 'false') return { when };
  if (when === 'error') return { when: '${ params.missing }' };
  return when === 'value' && needed !== undefined ? { when: `\${ has(tasks.${needed}) }` } : {};
}

function forEachOf(drawn: NonNullable<Drawn['forEach']>, as: string): NonNullable<Task['forEach']> {
  const { items, concurrency, maxFailures, computed, hasIndex } = drawn;
  const bound = <T extends number | string>(value: T): T | string =>
    computed ? `\${ ${JSON.stringify(value)} }` : value;
  return {
    in: `\${ range(${items}) }`,
    as,
    ...(hasIndex ? { index: as.replace('Item', 'Index') } : {}),
    concurrency: bound(concurrency),
    ...(maxFailures === 0 ? {} : { maxFailures: bound(maxFailures) }),
  };
}

function repeatOf(
  { until, lastRound, maxRounds }: NonNullable<Drawn['repeat']>,
  isActivity: boolean,
): Repeat {
  const last = isActivity && until === 'value' ? 'repeat.last.round' : 'repeat.round';
  const conditions = {
    round: `\${ ${last} >= ${lastRound} }`,
    value: `\${ ${last} >= ${lastRound} }`,
    never: 'false',
    error: '${ params.missing }',
  };
  return { ...(until === 'none' ? {} : { until: conditions[until] }), maxRounds };
}

function failuresOf(
  { failures, failingItem, failingRound }: Drawn,
  items: readonly string[],
  isRepeated: boolean,
): Value {
  const item = items.at(-1);
  const conditions = [
    ...(item === undefined ? [] : [`${item} == ${failingItem}`]),
    ...(isRepeated ? [`repeat.round == ${failingRound}`] : []),
  ];
  return conditions.length === 0 ? failures : `\${ ${conditions.join(' && ')} ? ${failures} : 0 }`;
}

/**
 * Definitions of up to eight tasks, with groups up to two deep.
 *
 * @param isTimeless nothing in them depends on which of two running activities ends first, nor waits for an operator.
 */
export function randomTasks({ isTimeless = false } = {}): fc.Arbitrary<Tasks> {
  return drawnTasks(2).map((drawn) =>
    readable(tasksOf(drawn, { letter: 'a', items: [], isRepeated: false, outer: undefined, isTimeless })),
  );
}

/** A counterexample as it would stand in `definitions/`. */
function readable(tasks: Tasks): Tasks {
  return Object.defineProperty(tasks, fc.toStringMethod, {
    value: () => `\n${stringify({ name: 'counterexample', tasks })}`,
  });
}
