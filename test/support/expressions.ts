/** Random expressions, hostile ones among them: each aims at a bound of the evaluation. */
import fc from 'fast-check';

/** What the expressions see: texts and lists about as large as a payload may be. */
export const hostileValues = {
  params: { n: 7, half: 0.5, name: 'a😀é', none: null, list: [1, 2.5, 3], map: { a: 1, 'b-c': [true] } },
  long: 'a'.repeat(1_900_000),
  wide: '😀'.repeat(450_000),
  rows: Array.from({ length: 50_000 }, (_, n) => ({ id: `x${n}`, split: n % 2 === 0 ? 'test' : 'train', n })),
  fields: Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`k${n}`, n])),
};

const name = fc.constantFrom(
  'params.n',
  'params.half',
  'params.list',
  'params.map',
  'long',
  'wide',
  'rows',
  'fields',
  'x',
  'y',
);
const literal = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom(
    '0',
    '1.5',
    '1e300',
    '9223372036854775807',
    'true',
    'null',
    '""',
    "'é'",
    "'(a+)+$'",
    '[]',
    '{}',
    "[1, 2.5, 'a']",
  ),
);
const space = fc.constantFrom('', ' ', '\n', ' // )\n', '\t');
const operator = fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '>=', '&&', '||', 'in');
const method = fc.constantFrom(
  'size()',
  'sort()',
  'distinct()',
  'flatten()',
  'reverse()',
  'trim()',
  'lowerAscii()',
  "split('')",
  "join('')",
  'join(long)',
  'upperAscii()',
);
const withArgument = fc.constantFrom(
  'contains',
  'startsWith',
  'indexOf',
  'lastIndexOf',
  'split',
  'matches',
  'join',
  'substring',
  'charAt',
  'endsWith',
);
const loop = fc.constantFrom('map', 'filter', 'all', 'exists', 'exists_one');
const call = fc.constantFrom(
  'range',
  'size',
  'string',
  'int',
  'double',
  'bool',
  'dyn',
  'has',
  'matches',
  'zip',
  'cross',
);

/** Any expression, right or wrong. */
const any = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name,
    literal,
    fc
      .tuple(tie('expression'), space, operator, space, tie('expression'))
      .map((parts) => `(${parts.join('')})`),
    fc.tuple(tie('expression'), method).map(([value, called]) => `${value}.${called}`),
    fc
      .tuple(tie('expression'), withArgument, tie('expression'))
      .map(([value, called, given]) => `${value}.${called}(${given})`),
    fc
      .tuple(tie('expression'), loop, fc.constantFrom('x', 'y'), tie('expression'))
      .map(([value, called, variable, body]) => `${value}.${called}(${variable}, ${body})`),
    fc
      .tuple(call, space, fc.array(tie('expression'), { maxLength: 3 }))
      .map(([called, gap, given]) => `${called}(${gap}${given.join(', ')})`),
    fc.array(tie('expression'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([key, value]) => `{${key}: ${value}}`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('expression'), tie('expression')).map(([value, index]) => `${value}[${index}]`),
    fc.constantFrom('!', '-').chain((sign) => tie('expression').map((value) => `${sign}${value}`)),
  ),
})).expression;

const size = fc.constantFrom(
  'range(100000)',
  'range(\n100000)',
  'range(50000 + 50000)',
  'rows',
  'fields',
  "long.split('')",
  'range(1000)',
  'range(100000).reverse()',
  'rows.map(r, r.n).sort()',
  'cross(range(300), range(300))',
);
const doubling = fc.constantFrom(
  '[v, v]',
  'v + v',
  '[v] + [v]',
  "{'a': v, 'b': v}",
  'v.map(w, v)',
  "[v, v].join('')",
  'v == v ? v : v',
  "v.replace('a', 'aa')",
);
/** What costs as much as a map, a list or a text is large, and looks cheap. */
const missing = fc.constantFrom(
  'fields[params.list]',
  'fields.none',
  'fields[long]',
  'rows[v]',
  '{}',
  'fields',
  "{'a': v}",
  'rows.reverse()',
  '[long, long].distinct()',
  '[long, wide].sort()',
  '[rows, rows].flatten()',
  'zip(rows, rows)',
  'rows.slice(0, 50000)',
);
const seed = fc.constantFrom('[1]', '[[1]]', "['a']", '[long]', '[rows]', '[fields]', '[[wide]]');
const pattern = fc.constantFrom(
  '(a+)+$',
  '(a|aa)+b',
  '(.*)(.*)(.*)x',
  'a{1000}a{1000}',
  '((a{30}){30})',
  '[[:alpha:]]*é',
  '^(a?){500}a{500}$',
  '(x{0,900}){2}',
);

/** Expressions that would take minutes or gigabytes if they were not bounded. */
const hostile = fc.oneof(
  fc
    .array(fc.tuple(size, loop), { minLength: 2, maxLength: 5 })
    .map((parts) =>
      parts.reduceRight((body, [list, called], depth) => `${list}.${called}(v${depth}, ${body})`, 'true'),
    ),
  fc
    .tuple(size, loop, missing, missing)
    .map(([list, called, one, other]) => `${list}.${called}(v, ${one} == ${other})`),
  fc
    .tuple(seed, doubling, fc.integer({ min: 1, max: 35 }))
    .map(([from, body, times]) => from + `.map(v, ${body})`.repeat(times)),
  fc
    .tuple(size, fc.integer({ min: 1, max: 60 }))
    .map(([list, times]) => Array.from({ length: times }, () => list).join(' + ')),
  fc.tuple(size, pattern).map(([list, form]) => `${list}.exists(v, long.matches('${form}'))`),
  pattern.map((form) => `wide.matches('${form}') || long.matches('${form}')`),
  fc
    .tuple(
      size,
      fc.constantFrom(
        'long == long + long',
        'wide.size() > 1',
        'rows == rows',
        'fields != fields',
        "long.contains(long + 'b')",
        "long.replace('', long) == long",
        "'b' in rows",
        'size(fields) == 0',
        'wide < wide',
        "wide.indexOf('b') == 0",
      ),
    )
    .map(([list, body]) => `${list}.all(v, ${body})`),
  fc
    .tuple(fc.constantFrom('(', '[', '!', '-', '{1:', 'true ? ', 'size('), fc.integer({ min: 1, max: 1500 }))
    .map(([open, times]) => open.repeat(times)),
  fc
    .tuple(
      fc.constantFrom(
        '.a',
        '[0]',
        '.map(v, v)',
        '.size()',
        ' + 1',
        ' * 9223372036854775807',
        ' || x',
        '.trim()',
      ),
      fc.integer({ min: 1, max: 300 }),
    )
    .map(([part, times]) => `params.n${part.repeat(times)}`),
);

/** Random and hostile expressions, one as often as the other. */
export const anyExpression: fc.Arbitrary<string> = fc.oneof(any, hostile);
