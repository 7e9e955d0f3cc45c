/**
 * The texts of `model_input/`: sections that begin with a line `=== name ===`, and placeholders `{{name}}` in them.
 * Pure. `rubric.txt` has a form of its own: see `rubric.ts`.
 */
import { didYouMean } from '../../definitions/model/did-you-mean.ts';
import type { ProblemCode } from '../../definitions/documents/problem-codes.ts';
import type { Problem } from '../../definitions/documents/problem.ts';
import { checkRubric } from './rubric.ts';
import type { TextName } from '../settings/types.ts';

/** The sections of each text, and the placeholders of each section: all of them must be there, and no others. */
const CONTRACTS: {
  readonly [name in Exclude<TextName, 'rubric'>]: { readonly [section: string]: readonly string[] };
} = {
  base_prompt_input: { system: [], topics: ['domain', 'count'], prompts: ['domain', 'topic', 'count'] },
  prompt_variation_input: { system: [], user: ['base_prompt', 'approach'] },
  main_model_input: { system: [], user: ['prompt'] },
  val_model_input: { system: [], user: ['rubric', 'base_prompt', 'fence', 'model_output', 'answer_form'] },
  prompt_optimization_model_input: {
    system: [],
    user: ['base_prompt', 'lessons'],
    choice: ['base_prompt', 'wordings'],
    instruction: ['template', 'failures'],
  },
  finetuning_input: { system: [], user: ['prompt'], assistant: ['model_output'] },
};

/** Sections that only some runs send: texts written before there were such runs lack them. */
const OPTIONAL_SECTIONS: { readonly [name in TextName]?: readonly string[] } = {
  prompt_optimization_model_input: ['instruction'],
};

/** Sections whose texts may also name columns of the prompts file, as {{fields.context}}. */
const FIELD_SECTIONS: { readonly [name in TextName]?: readonly string[] } = {
  main_model_input: ['system', 'user'],
  val_model_input: ['user'],
};

/** The seven texts, in pipeline order. */
export const TEXT_NAMES: readonly TextName[] = [
  'base_prompt_input',
  'prompt_variation_input',
  'main_model_input',
  'rubric',
  'val_model_input',
  'prompt_optimization_model_input',
  'finetuning_input',
];

const HEADING = /^===\s*(.*?)\s*===\s*$/;
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

interface Section {
  readonly name: string;
  /** Line of its heading, from 1. */
  readonly line: number;
  readonly lines: string[];
}

/** Sections in the order they stand; what is before the first has the name `''` and line 0. */
function scan(text: string): readonly Section[] {
  const sections: Section[] = [{ name: '', line: 0, lines: [] }];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const name = HEADING.exec(line)?.[1];
    if (name === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ name, line: index + 1, lines: [] });
  }
  return sections;
}

/** The sections of a checked text by name, without blank lines before and after. */
export function parseText(text: string): ReadonlyMap<string, string> {
  return new Map(
    scan(text)
      .slice(1)
      .map(({ name, lines }) => [name, lines.join('\n').trim()]),
  );
}

/** The placeholders of a section, as often and in the order they stand. */
export function placeholdersOf(section: string): readonly string[] {
  return [...section.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

/** The columns of the prompts file that a text of `model_input/` names: the `context` of `{{fields.context}}`, each once. */
export function fieldsNamedIn(text: string): readonly string[] {
  const names = placeholdersOf(text).flatMap((placeholder) => fieldNamed(placeholder) ?? []);
  return [...new Set(names)];
}

function fieldNamed(placeholder: string): string | undefined {
  return /^fields\.\s*(.+)$/.exec(placeholder)?.[1];
}

/**
 * A section with its placeholders filled. Values go in as they are: a placeholder inside a value stays as it is.
 * Throws `RangeError` for a placeholder without a value.
 */
export function renderText(
  section: string,
  values: { readonly [placeholder: string]: string | number },
): string {
  return section.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new RangeError(`The placeholder {{${name}}} has no value.`);
    return String(value);
  });
}

type Report = (
  code: ProblemCode,
  message: string,
  advice: string,
  path: string,
  line: number,
  column?: number,
) => void;

function checkPlaceholders(
  { name, line, lines }: Section,
  required: readonly string[],
  takesFields: boolean,
  report: Report,
): void {
  const found = new Set<string>();
  for (const [index, content] of lines.entries()) {
    for (const match of content.matchAll(PLACEHOLDER)) {
      const placeholder = match[1] ?? '';
      found.add(placeholder);
      if (required.includes(placeholder) || (takesFields && fieldNamed(placeholder) !== undefined)) continue;
      const message = `Section '${name}' has no use for the placeholder {{${placeholder}}}.`;
      const known = didYouMean(placeholder, required);
      const advice = takesFields
        ? `${known} A column of the prompts file is named as {{fields.${placeholder}}}.`
        : known;
      report(
        'UNKNOWN_PLACEHOLDER',
        message,
        advice,
        `${name}.${placeholder}`,
        line + index + 1,
        match.index + 1,
      );
    }
  }
  for (const placeholder of required) {
    if (found.has(placeholder)) continue;
    const message = `Section '${name}' lacks the placeholder {{${placeholder}}}.`;
    report('MISSING_PLACEHOLDER', message, `Put {{${placeholder}}} where its value belongs.`, name, line);
  }
}

/**
 * Checks one text. Problems `MISSING_SECTION`, `UNKNOWN_SECTION`, `DUPLICATE_SECTION`, `EMPTY_SECTION`,
 * `TEXT_OUTSIDE_SECTION`, `MISSING_PLACEHOLDER` (at the section's heading), `UNKNOWN_PLACEHOLDER`, and those of
 * `checkRubric`.
 */
export function checkText(name: TextName, text: string, file: string): readonly Problem[] {
  if (name === 'rubric') return checkRubric(text, file);
  const problems: Problem[] = [];
  const report: Report = (code, message, advice, path, line, column = 1) =>
    problems.push({ code, message, advice, file, path, line, column });
  const contract = CONTRACTS[name];
  const [preamble, ...sections] = scan(text);
  const outside = preamble?.lines.findIndex((line) => line.trim() !== '') ?? -1;
  if (outside !== -1) {
    const message = 'This stands before the first section.';
    report(
      'TEXT_OUTSIDE_SECTION',
      message,
      'Put it under a heading such as === system ===.',
      '',
      outside + 1,
    );
  }
  const seen = new Set<string>();
  for (const section of sections) {
    const required = Object.hasOwn(contract, section.name) ? contract[section.name] : undefined;
    if (seen.has(section.name))
      report(
        'DUPLICATE_SECTION',
        `The section '${section.name}' stands twice.`,
        'Remove one.',
        section.name,
        section.line,
      );
    else if (required === undefined) {
      const missing = Object.keys(contract).filter(
        (known) => !sections.some((other) => other.name === known),
      );
      const advice = didYouMean(section.name, missing);
      report(
        'UNKNOWN_SECTION',
        `There is no section '${section.name}' in this text.`,
        advice,
        section.name,
        section.line,
      );
    } else if (section.lines.every((line) => line.trim() === ''))
      report(
        'EMPTY_SECTION',
        `The section '${section.name}' is empty.`,
        'Write what the model is to be told.',
        section.name,
        section.line,
      );
    else checkPlaceholders(section, required, FIELD_SECTIONS[name]?.includes(section.name) === true, report);
    seen.add(section.name);
  }
  for (const required of Object.keys(contract))
    if (!seen.has(required) && OPTIONAL_SECTIONS[name]?.includes(required) !== true)
      report(
        'MISSING_SECTION',
        `There is no section '${required}'.`,
        `Add it under a line === ${required} ===.`,
        required,
        1,
      );
  return problems;
}
