/**
 * A task in a simulated world: tickets are sent to teams, half of them by house rules that no model can guess. A main model that
 * knows the rules it is told or shown, and a writer that finds some of them in failures. Pure; nothing in it is a real model.
 */
import { createRandom } from '../../deploy/model-server/world/random.ts';

export const TEAMS = ['billing', 'shipping', 'technical', 'returns'] as const;
type Team = (typeof TEAMS)[number];

/** What a ticket is about, where anybody would send it, and where it belongs here. */
interface Matter {
  readonly about: string;
  readonly obvious: Team;
  readonly right: Team;
}

export interface Ticket {
  readonly input: string;
  readonly expected: Team;
  readonly about: string;
}

// prettier-ignore
const matters: readonly Matter[] = [
  ...['invoice', 'receipt'].map((about) => ({ about, obvious: 'billing', right: 'billing' }) as const),
  ...['parcel', 'courier'].map((about) => ({ about, obvious: 'shipping', right: 'shipping' }) as const),
  ...['screen', 'password'].map((about) => ({ about, obvious: 'technical', right: 'technical' }) as const),
  ...['voucher', 'deposit'].map((about) => ({ about, obvious: 'billing', right: 'returns' }) as const),
  ...['customs', 'pallet'].map((about) => ({ about, obvious: 'shipping', right: 'billing' }) as const),
  ...['battery', 'charger'].map((about) => ({ about, obvious: 'technical', right: 'shipping' }) as const),
];
const people = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gil', 'Hana', 'Ivo', 'Jun'];

/** Share of answers that come in the wrong form whatever is said. */
const CARELESS = 0.07;
/** Chance that the writer finds a rule in a failure that shows it. */
const FINDS_RULE = 0.7;
/** Characters in which a failure says its matter and what was expected. */
const REACH = 400;

export function drawTickets(count: number, seed: number): readonly Ticket[] {
  const random = createRandom('tickets', seed);
  return Array.from({ length: count }, (_, index) => {
    const { about, right } = random.pick(matters);
    const input = `Ticket ${index + 1}: Please look at my ${about}, says ${random.pick(people)}.`;
    return { input, expected: right, about };
  });
}

export type Message = { readonly role: string; readonly content: string };

/** What the model of this world says; a message that shows failures is one to the writer. */
export function answerTask(messages: readonly Message[], seed: number): string {
  const text = messages.map(({ content }) => content).join('\n\n');
  if (text.includes('<failures>')) return JSON.stringify({ instruction: writeInstruction(text, seed) });
  if (text.includes('new instruction for the assistant'))
    return `\`\`\`\n${writeInstruction(text, seed)}\n\`\`\``;
  return answerTicket(text);
}

function answerTicket(text: string): string {
  const at = text.lastIndexOf('Ticket ');
  const asked = text.slice(at);
  const matter = matters.find(({ about }) => asked.includes(` ${about},`));
  if (at < 0 || matter === undefined) return 'Which ticket?';
  const told = text.slice(0, at) + asked.split('\n').slice(1).join('\n');
  const examples = [...told.matchAll(/Ticket \d+: .*\n(?:Answer|Output): \w+/gu)].map(([shown]) => shown);
  const rules = [...told.matchAll(/about the \w+ belong to \w+/gu)].map(([rule]) => rule);
  const isTold = (team: Team): boolean =>
    [...examples, ...rules].some(
      (part) => new RegExp(`\\b${matter.about}\\b`, 'u').test(part) && part.endsWith(team),
    );
  const team = isTold(matter.right) ? matter.right : matter.obvious;
  const isNamed = examples.length >= 2 || told.includes(team);
  const isBrief = examples.length >= 2 || /\b(?:alone|only)\b/u.test(told);
  if (!isNamed) return isBrief ? `The ${team} people` : `I would ask the people who do ${team}.`;
  const isCareless = createRandom('form', text).next() < CARELESS;
  return isBrief && !isCareless ? team : `This one should go to ${team}, I think.`;
}

function writeInstruction(text: string, seed: number): string {
  const random = createRandom('writer', seed, text);
  const found = matters.flatMap(({ about, obvious, right }) => {
    const rule = `Tickets about the ${about} belong to ${right}.`;
    if (text.includes(rule)) return [rule];
    const isShown =
      new RegExp(`\\b${about},[^]{0,${REACH}}?expected"?: ?"?(\\w+)`, 'u').exec(text)?.[1] === right;
    return obvious !== right && isShown && random.next() < FINDS_RULE ? [rule] : [];
  });
  const general = [
    `The teams are ${TEAMS.join(', ')}.`,
    'Give the name of the team alone.',
    'Think of what the customer needs.',
    'Be polite and helpful.',
  ].filter((sentence) => text.includes(sentence) || random.next() < 0.5);
  const said = [...general, ...found].join(' ');
  return said === '' ? 'Read the ticket with care.' : said;
}
