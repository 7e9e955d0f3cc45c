/** What people write in expressions who know another language, and what CEL has for it. Pure. */

/** Outside of quoted texts: what CEL cannot read, and how it is said there. */
const SYNTAX: readonly (readonly [RegExp, string])[] = [
  [/\bif\b.*\belse\b/, "Write 'condition ? one : other'."],
  [/\band\b/i, "Write '&&' for 'and'."],
  [/\bor\b/i, "Write '||' for 'or'."],
  [/\bnot\b/i, "Write '!' for 'not', such as '!(a == b)'."],
  [/===|!==/, "Write '==' or '!=': two characters."],
  [/<>/, "Write '!=' for '<>'."],
  [/(?<![=!<>])=(?!=)/, "Write '==' to compare."],
  [/\bis\b/, "Write '==' for 'is'."],
  [/\|(?!\|)/, "CEL has no filters: call a function, such as 'size(params.list)'."],
  [/=>|->|\bfor\b/, "Write 'list.map(x, x.field)' or 'list.filter(x, x.field > 0)'."],
  [/(?:[-+*/%<>=,?:.(]|&&|\|\|)\s*$/, 'Something is missing at its end.'],
];

const FUNCTION: { readonly [name: string]: string } = {
  len: 'size',
  length: 'size',
  count: 'size',
  str: 'string',
  tostring: 'string',
  float: 'double',
  number: 'double',
  boolean: 'bool',
  lower: 'lowerAscii',
  tolower: 'lowerAscii',
  upper: 'upperAscii',
  toupper: 'upperAscii',
  includes: 'contains',
  strip: 'trim',
  any: 'exists',
  some: 'exists',
  every: 'all',
  seq: 'range',
};
const UNKNOWABLE = /^(now|today|date|time|timestamp|random|rand|uuid)$/i;

const NAME: { readonly [name: string]: string } = {
  None: 'null',
  nil: 'null',
  undefined: 'null',
  True: 'true',
  False: 'false',
};
const OUTSIDE = /^(env|environ|process|secrets|secret|vars|os)$/i;

/** Characters of a longer text that are looked at: no expression has more. */
const MAX_READ = 4_000;

/** Advice on an expression that CEL cannot read. */
export function adviseOnSyntax(expression: string): string {
  const code = expression.slice(0, MAX_READ).replaceAll(/(["'])(?:\\.|(?!\1).)*\1/gs, "''");
  const found = SYNTAX.find(([form]) => form.test(code));
  return found?.[1] ?? "Expressions are written in CEL, such as 'tasks.a.count > 3': https://cel.dev.";
}

/** Advice on a function that CEL does not have; undefined if it is no such word. */
export function foreignFunction(name: string): string | undefined {
  if (UNKNOWABLE.test(name))
    return 'Expressions have no clock and no randomness. Give it as a param, or let an activity find it.';
  const word = name.toLowerCase();
  const ours = Object.hasOwn(FUNCTION, word) ? FUNCTION[word] : undefined;
  return ours === undefined ? undefined : `Here it is '${ours}()'.`;
}

/** Advice on a name that nothing has; undefined if it is no such word. */
export function foreignName(name: string): string | undefined {
  if (OUTSIDE.test(name)) return 'Expressions see no environment: give it as a param.';
  const ours = Object.hasOwn(NAME, name) ? NAME[name] : undefined;
  return ours === undefined ? undefined : `Write '${ours}'.`;
}
