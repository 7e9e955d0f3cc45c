/** What a rewriting model is taught: lessons that may be tried out, and what came of trying them. */

/** A way of wording that may help or hurt, and how just that is put into a prompt. */
export interface LessonCandidate {
  /** As a lesson says it, without an end mark, e.g. `Asking for examples`. */
  readonly sentence: string;
  /** What a rewriting model is told to do, or a text that has the prompt wherever it says `{prompt}`. */
  readonly change: { readonly instruction: string } | { readonly template: string };
}

/** What adding one way of wording did to training prompts, in points of the rubric's scale, fresh answers on both sides. */
export interface TestedLesson {
  readonly sentence: string;
  readonly effect: number;
  /** 95% interval over topics; null with too few. */
  readonly low: number | null;
  readonly high: number | null;
  /** Prompts that it was tried on and that were scored. */
  readonly prompts: number;
  /** What is taught; null where its effect is not told from none. */
  readonly taught: 'helps' | 'hurts' | null;
}

/** Beside the files of a version: durable. */
const LESSONS_FILE = 'lessons.json';

/** The lessons of a version that were tried out, strongest first; undefined where none were. */
export async function readTestedLessons(files: {
  read(name: string): Promise<string | undefined>;
}): Promise<readonly TestedLesson[] | undefined> {
  const content = await files.read(LESSONS_FILE);
  return content === undefined ? undefined : (JSON.parse(content) as { lessons: TestedLesson[] }).lessons;
}

/** Says beside a version what its rewriting model is taught; the last trial counts. */
export async function writeTestedLessons(
  files: { write(name: string, content: string): Promise<void> },
  run: string,
  lessons: readonly TestedLesson[],
): Promise<void> {
  await files.write(LESSONS_FILE, `${JSON.stringify({ run, lessons }, null, 2)}\n`);
}

/** As the rewriting model is told. */
export function taughtLessons(lessons: readonly TestedLesson[]): string[] {
  return lessons.flatMap(({ sentence, taught }) => (taught === null ? [] : `${sentence} (${taught})`));
}
