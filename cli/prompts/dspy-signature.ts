/** A template as Python for DSPy: a signature whose instructions are the template. Pure. */
import { columnsNamedIn } from '../../activities/imports/fill-columns.ts';

const OUTPUT = 'answer';
/** Words that name no field: Python's, and what a signature of DSPy 3.4 has by itself. All that begins with `model_` is pydantic's. */
const RESERVED = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in ' +
    'is lambda nonlocal not or pass raise return try while with yield append append_instructions construct copy delete dict ' +
    'dump_state equals fields from_orm input_fields insert instructions json load_state mro output_fields parse_file parse_obj ' +
    'parse_raw prepend register schema schema_json signature update_forward_refs validate with_instructions with_updated_fields'
  ).split(' '),
);

/** Source of a module with one name, `signature`: a field for each column that the template names, and `answer`. */
export function dspySignature(version: string, template: string): string {
  const fields = fieldNames(columnsNamedIn(template));
  const instructions = template.replaceAll(
    /\{\{\s*([^{}]*?)\s*\}\}/gu,
    (_, column: string) => `{${fields.get(column)}}`,
  );
  const inputs = [...fields].map(
    ([column, name]) => `        "${name}": (str, dspy.InputField(desc=${pythonText(column)})),`,
  );
  return [
    `"""Template ${version}, as a signature for DSPy."""`,
    'import dspy',
    '',
    'signature = dspy.Signature(',
    '    {',
    ...inputs,
    `        "${OUTPUT}": (str, dspy.OutputField()),`,
    '    },',
    `    ${pythonText(instructions)},`,
    ')',
    '',
  ].join('\n');
}

/** By column, a name that Python and DSPy take for a field: never twice the same, and never that of the output. */
function fieldNames(columns: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set([OUTPUT]);
  for (const column of columns) {
    const plain = column.replaceAll(/[^A-Za-z0-9_]/gu, '_').replace(/^_+/u, '');
    const isFree = /^(?!model_)[A-Za-z]/u.test(plain) && !RESERVED.has(plain);
    const name = isFree ? plain : `field_${plain}`;
    let free = name;
    for (let number = 2; taken.has(free); number += 1) free = `${name}_${number}`;
    taken.add(free);
    names.set(column, free);
  }
  return names;
}

/** A literal that no text can end early, and in which nothing is invisible. */
function pythonText(text: string): string {
  // Half a sign, which Python cannot write to anything.
  const whole = text.replaceAll(/\p{Cs}/gu, '\u{FFFD}');
  return JSON.stringify(whole).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => {
    const code = sign.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
