/** A template for a task as other tools read it. Pure. */
import { stringify } from 'yaml';
import { parseText } from '../../configs/checks/texts.ts';
import { fieldOf, fieldText, type PromptFields } from '../../activities/imports/prompt-fields.ts';
import { columnsNamedIn } from '../../activities/imports/fill-columns.ts';
import { dspySignature } from './dspy-signature.ts';

export const EXPORT_FORMS = ['text', 'messages', 'promptfoo', 'dspy'] as const;
export type ExportForm = (typeof EXPORT_FORMS)[number];

/** What the run that has found a template was given. */
export interface RunOfTemplate {
  /** The text `main_model_input` of its run: what stands around a prompt. */
  readonly mainModelInput: string;
  /** Name of the main model it was found for. */
  readonly model: string;
  /** Held-out inputs of its run, with their other columns. */
  readonly inputs: readonly PromptFields[];
}

interface Message {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/**
 * The file's text, ending in a line feed.
 *
 * @param template with its `{{columns}}`
 * @param readRun asked only for forms that need it.
 */
export async function exportTemplate(
  version: string,
  template: string,
  form: ExportForm,
  readRun: () => Promise<RunOfTemplate>,
): Promise<string> {
  if (form === 'text') return `${template}\n`;
  if (form === 'dspy') return dspySignature(version, template);
  const run = await readRun();
  return form === 'messages'
    ? `${JSON.stringify(messagesOf(template, run), null, 2)}\n`
    : promptfooConfig(version, template, run);
}

/** As the main model was asked: its texts, with the template in place of the prompt, and columns by their own names. */
function messagesOf(template: string, { mainModelInput }: RunOfTemplate): readonly Message[] {
  const sections = parseText(mainModelInput);
  const fill = (name: string): string =>
    (sections.get(name) ?? '')
      .replaceAll(/\{\{\s*fields\.\s*([^{}]*?)\s*\}\}/gu, '{{$1}}')
      .replaceAll(/\{\{\s*prompt\s*\}\}/gu, () => template);
  const system = fill('system');
  return [
    ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'user', content: fill('user') },
  ];
}

/** What Nunjucks, which fills promptfoo's texts, would take for its own. */
const NUNJUCKS = /\{\{|\{%|\{#/u;

function promptfooConfig(version: string, template: string, run: RunOfTemplate): string {
  const messages = messagesOf(template, run);
  const columns = [...new Set(messages.flatMap(({ content }) => columnsNamedIn(content)))];
  return stringify(
    {
      description: `Template ${version}`,
      prompts: [{ label: version, raw: nunjucksJson(messages) }],
      providers: [`openai:chat:${run.model}`],
      tests: run.inputs.map((fields) => {
        const expected = fieldOf(fields, 'expected') ?? null;
        return {
          vars: Object.fromEntries(
            columns.map((column) => [variableOf(column), valueOf(fieldOf(fields, column) ?? '')]),
          ),
          ...(expected !== null && { assert: [{ type: 'icontains', value: valueOf(expected) }] }),
        };
      }),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** Messages as JSON: promptfoo fills the variables in each of its texts. Nothing but columns is Nunjucks'. */
function nunjucksJson(messages: readonly Message[]): string {
  const filled = messages.map(({ role, content }) => {
    const parts = content.split(/(\{\{\s*[^{}]*?\s*\}\})/u).map((part) => {
      const column = /^\{\{\s*([^{}]*?)\s*\}\}$/u.exec(part)?.[1];
      return column === undefined ? raw(part) : `{{ ${variableOf(column)} }}`;
    });
    return { role, content: parts.join('') };
  });
  return JSON.stringify(filled, null, 2);
}

/** A value of a row: not a template of its own, and not the name of a file to be read. */
function valueOf(value: PromptFields[string]): string {
  const text = fieldText(value);
  return text.startsWith('file://') ? `{% raw %}${text}{% endraw %}` : raw(text);
}

function raw(text: string): string {
  if (!NUNJUCKS.test(text)) return text;
  return `{% raw %}${text.replaceAll('endraw', 'end_raw')}{% endraw %}`;
}

/** A column as a variable of Nunjucks. */
function variableOf(column: string): string {
  const name = column.replaceAll(/[^A-Za-z0-9_]/gu, '_');
  return /^[A-Za-z_]/u.test(name) ? name : `_${name}`;
}
