/** The card of a training set, in Markdown, for people who look into a version's folder. */
import { countWords } from '../../wording/words.ts';
import type { Lesson } from './rows.ts';
import type { TrlMethod } from './settings.ts';

export interface DescribedData {
  readonly method: TrlMethod;
  readonly lessons: readonly Lesson[];
  readonly heldOut: readonly Lesson[];
  /** Rows that were drawn from the lessons. */
  readonly rows: number;
}

export function describeData({ method, lessons, heldOut, rows }: DescribedData): string {
  const topics = (of: readonly Lesson[]): number => new Set(of.map(({ topic }) => topic)).size;
  const words = (texts: readonly (string | null)[]): string => {
    const lengths = texts.filter((one) => one !== null).map(countWords);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    return lengths.length === 0 ? 'none' : `${mean.toFixed(1)} words on average`;
  };
  return `# What this adapter was trained on

${rows} rows (\`rows.jsonl\`, TRL's conversational form), drawn by their weights from ${lessons.length} lessons of
${topics(lessons)} topics, for \`${method}\`. ${heldOut.length} lessons of ${topics(heldOut)} other topics (\`held-out.jsonl\`)
were never learned from.

| text | length |
| --- | --- |
| to be learned | ${words(lessons.map(({ chosen }) => chosen))} |
| to be avoided | ${words(lessons.map(({ rejected }) => rejected))} |

Settings and versions of the libraries: \`training.json\`. Course of the loss: \`losses.json\`. Made by models, judged by models
or programs: whatever they are wrong about is in here.
`;
}
