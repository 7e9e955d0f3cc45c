/** Runs in the browser of a person who labels. It asks nothing of any server, and shows the texts of models as plain text only. */
const { run, form, criteria, pairs } = JSON.parse(document.getElementById('data').textContent);
const at = (id) => document.getElementById(id);
const memory = `prose-labels:${run}:${form}:${pairs[0]?.pair ?? ''}`;
const sides = ['A', 'B'];
const choices = [
  ['a', '1', 'A is better'],
  ['same', '2', 'As good as each other'],
  ['b', '3', 'B is better'],
];

/** By pair, then by column, what was labelled. */
const labels = new Map();
let place = 0;

/** What an earlier visit has left; a page from a disk may have no memory at all. */
try {
  const kept = JSON.parse(localStorage.getItem(memory) ?? '{}');
  for (const [pair, own] of Object.entries(kept.labels ?? {})) labels.set(pair, own);
  at('labeler').value = kept.labeler ?? '';
  place = Math.max(
    0,
    pairs.findIndex(({ pair }) => !isWhole(pair)),
  );
} catch {
  labels.clear();
}

function columns() {
  if (form === 'pairwise') return ['preferred'];
  return criteria.flatMap(({ name }) => sides.map((side) => `${name} (${side})`));
}

function isWhole(pair) {
  return columns().every((column) => labels.get(pair)?.[column] !== undefined);
}

function remember() {
  try {
    const kept = { labeler: at('labeler').value, labels: Object.fromEntries(labels) };
    localStorage.setItem(memory, JSON.stringify(kept));
  } catch {
    // Then only the saved file keeps them.
  }
}

function label(column, value) {
  const { pair } = pairs[place];
  labels.set(pair, { ...labels.get(pair), [column]: value });
  remember();
  tellProgress();
}

function element(name, { text, ...fields } = {}, ...children) {
  const made = Object.assign(document.createElement(name), fields);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

function textBox(title, text, className) {
  const body = element('p', { text, className: 'text', dir: 'auto' });
  return element('div', { className }, element('h3', { text: title }), body);
}

function scaleOf(name, side) {
  const column = `${name} (${side})`;
  const chosen = labels.get(pairs[place].pair)?.[column];
  const inputs = [1, 2, 3, 4, 5].map((score) => {
    const input = element('input', { type: 'radio', name: column, value: score, checked: chosen === score });
    input.addEventListener('change', () => label(column, score));
    return element('label', {}, input, String(score));
  });
  const title = element('legend', { text: name });
  return element('fieldset', {}, title, element('div', { className: 'scale' }, ...inputs));
}

function choiceButtons() {
  const chosen = labels.get(pairs[place].pair)?.preferred;
  const buttons = choices.map(([value, key, text]) => {
    const button = element('button', { type: 'button', text: `${text} (${key})` });
    button.setAttribute('aria-pressed', String(chosen === value));
    button.addEventListener('click', () => prefer(value));
    return button;
  });
  return element('div', { className: 'choices' }, ...buttons);
}

function prefer(value) {
  label('preferred', value);
  if (place + 1 < pairs.length) go(1);
  else show();
}

function show() {
  const { prompt, a, b } = pairs[place];
  const answers = [a, b].map((text, index) => {
    const box = textBox(`Answer ${sides[index]}`, text, 'answer');
    if (form === 'criteria') box.append(...criteria.map(({ name }) => scaleOf(name, sides[index])));
    return box;
  });
  const parts = [
    textBox('What was asked', prompt, 'asked'),
    element('div', { className: 'answers' }, ...answers),
    ...(form === 'pairwise' ? [choiceButtons()] : []),
  ];
  at('pair').replaceChildren(...parts);
  at('back').disabled = place === 0;
  at('next').disabled = place + 1 === pairs.length;
  tellProgress();
}

function tellProgress() {
  const done = pairs.filter(({ pair }) => isWhole(pair)).length;
  at('progress').textContent = `Pair ${place + 1} of ${pairs.length} · ${done} labelled`;
  at('bar').max = pairs.length;
  at('bar').value = done;
}

function go(by) {
  place = Math.min(pairs.length - 1, Math.max(0, place + by));
  show();
  at('pair').scrollIntoView({ block: 'nearest' });
}

/** Digits score the group of the focused criterion, or the first that has no score, and go on to the next. */
function scoreByKey(digit) {
  const groups = [...at('pair').querySelectorAll('fieldset')];
  const focused = document.activeElement?.closest('fieldset');
  const group = focused ?? groups.find((one) => one.querySelector(':checked') === null) ?? groups[0];
  group?.querySelector(`input[value="${digit}"]`)?.click();
  const next = groups[groups.indexOf(group) + 1];
  if (next === undefined) at('next').focus();
  else (next.querySelector(':checked') ?? next.querySelector('input')).focus();
}

function onKey(event) {
  if (event.target === at('labeler') || event.altKey || event.ctrlKey || event.metaKey) return;
  const isChoosing = event.target instanceof HTMLInputElement;
  if (event.key === 'ArrowLeft' && !isChoosing) go(-1);
  else if (event.key === 'ArrowRight' && !isChoosing) go(1);
  else if (form === 'criteria' && /^[1-5]$/.test(event.key)) scoreByKey(event.key);
  else if (form === 'pairwise') {
    const choice = choices.find(([, key]) => key === event.key);
    if (choice === undefined) return;
    prefer(choice[0]);
  } else return;
  event.preventDefault();
}

/** A pair that is not labelled whole stays in the page. */
function rows() {
  const labeler = at('labeler').value.trim();
  return pairs
    .filter(({ pair }) => isWhole(pair))
    .map(({ pair }) => ({ pair, labeler, ...labels.get(pair) }));
}

function csvOf(given) {
  const head = ['pair', 'labeler', ...columns()];
  const cell = (value) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  return [head, ...given.map((row) => head.map((name) => row[name]))]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');
}

function save(kind) {
  const given = rows();
  if (at('labeler').value.trim() === '') {
    at('saved').textContent = 'Fill in your name first: labels of different people are told apart by it.';
    at('labeler').focus();
    return;
  }
  const content = kind === 'csv' ? csvOf(given) : `${JSON.stringify(given, null, 1)}\n`;
  const type = kind === 'csv' ? 'text/csv' : 'application/json';
  const name = at('labeler')
    .value.trim()
    .replace(/[^\p{L}\p{N}]+/gu, '-');
  const address = URL.createObjectURL(new Blob([content], { type }));
  element('a', { href: address, download: `labels-${name}.${kind}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  const begun = labels.size - given.length;
  const left = begun > 0 ? ` ${begun} of which some scores are missing are left out.` : '';
  at('saved').textContent =
    `Saved ${given.length} of ${pairs.length} pairs as labels-${name}.${kind}.${left}`;
}

at('how').textContent =
  form === 'pairwise'
    ? `Read both answers and say which one serves whoever asked better: keys 1, 2 and 3, and ← → to go back and on.`
    : `Score both answers from 1 (worst) to 5 (best) by each criterion: keys 1 to 5 and Tab, and ← → to go back and on.`;
if (form === 'criteria') {
  const texts = criteria.map(({ name, text }) => `${name}\n${text.trim()}`).join('\n\n');
  const rubric = element('details', {}, element('summary', { text: 'What the scores mean' }));
  rubric.append(element('p', { text: texts, className: 'rubric' }));
  at('how').after(rubric);
}
at('labeler').addEventListener('input', remember);
at('back').addEventListener('click', () => go(-1));
at('next').addEventListener('click', () => go(1));
at('json').addEventListener('click', () => save('json'));
at('csv').addEventListener('click', () => save('csv'));
document.addEventListener('keydown', onKey);
show();
