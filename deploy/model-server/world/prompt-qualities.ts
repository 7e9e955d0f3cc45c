/** Reads off a prompt's text how the request is worded. The only way in which wording reaches the main model. */

/** What the wording of a prompt can have; README.md tells what each does to the answer. */
export const qualities = [
  'audience',
  'structure',
  'examples',
  'reasons',
  'brevity',
  'context',
  'specifics',
  'noPadding',
  'checked',
  'role',
  'politeness',
  'vagueness',
  'manyQuestions',
  'wordiness',
  'pressure',
] as const;
export type Quality = (typeof qualities)[number];

/** How much of each quality a prompt has, 0 to 1. */
export type Qualities = { readonly [quality in Quality]: number };

const audience =
  /\b(i am|i'm|we are|as) (a |an |quite |completely |rather )*(new to|beginners?|novices?)|\bfor (a |an |complete |absolute |total |the )*(beginners?|newcomers?|novices?|lay ?(person|people|readers?)|non-?experts?|people who|someone who|readers? (who|with)|students?|children|experts)\b|\bassume (that )?(i|no|the reader|little)\b|\bthe (answer|reader) is (for|a|an)\b/i;
const structure =
  /\bstep[- ]by[- ]step\b|\bnumbered\b|\bbullet(s|ed| points?)?\b|\bin (clear |ordered |short |separate |small )*(steps|sections|points)\b|\bas a (short |clear |ordered )*(list|table)\b|\bheadings?\b|\bstructured?\b|\borgani[sz]e (the|your|it)\b/i;
const examples = /\bexamples?\b|\bfor instance\b|\billustrat/i;
const reasons =
  /\bexplain (the |your )?(why|reasons?|reasoning)\b|\bsay why\b|\bwhy (it|each|this|that) (works|matters|holds)\b|\b(give|include|state|mention) (me )?(the |your )?(reasons?|reasoning|evidence)\b|\bjustify\b|\bpros and cons\b|\btrade-?offs\b/i;
const brevity =
  /\b(at most|no more than|under|within|up to|fewer than|less than|about|around) (\d+|one|two|three|four|five|six|ten|a few|a hundred|two hundred) (words?|sentences?|paragraphs?|lines?|points?)\b|\bconcise(ly)?\b|\bbrief(ly)?\b|\bkeep (it|the answer) short\b/i;
const context =
  /\bi (want|need|plan|hope|intend) to use (this|it|the answer)\b|\bso (that )?(i|we) can\b|\b(my|our|the) (goal|aim|purpose) is\b|\b(i|we) need (this|it) (for|to|because)\b|\b(i|we)('ve| have) (already )?tried\b|\bthis is for\b/i;
const specifics =
  /\bbe (as )?(very )?(specific|concrete|precise)\b|\b(specific|concrete|exact) (figures|numbers|details|amounts|facts|terms)\b|\bgive (figures|numbers|amounts)\b|\bin detail\b|\bdetailed\b/i;
const noPadding =
  /\b(no|without|skip|avoid|leave out|drop|cut) (the |any |all |an? |general )*(padding|filler|introductions?|intro|preamble|small talk|fluff|generalities|repetition)\b|\bget (straight|right) to the point\b|\bonly what (matters|i need)\b/i;
const checked =
  /\bonly (state |say )?(what|facts|claims) (that )?(is|are) (well )?(established|certain|verified)\b|\b(say|tell me|mention|point out) (when|if|where|which|what) .{0,25}\b(not sure|unsure|uncertain|disputed)\b|\b(double-?|fact-?)?check (your|the|each) (facts|claims?|answer)\b|\bbe accurate\b/i;
const role = /\bact as\b|\byou are (a|an|the)\b|\bimagine you are\b|\bpretend\b/i;
const politeness = /\bplease\b|\bthank(s| you)\b|\bkindly\b|\bappreciate\b|\bgrateful\b/i;
const hedges =
  /\b(maybe|perhaps|kind of|kinda|sort of|something like that|whatever|stuff|i guess|somehow|or so|you know|some info|anything really)\b/gi;
const threats = /!!|\bor else\b|\bpenali[sz]ed\b|\bdo not fail\b|\bdon't fail\b/i;

const WORDS_BEFORE_WORDY = 45;
const WORDS_FULLY_WORDY = 80;

/** Reads a prompt. Text that asks for nothing known has 0 everywhere. */
export function readQualities(prompt: string): Qualities {
  const has = (pattern: RegExp): number => (pattern.test(prompt) ? 1 : 0);
  const hedgeCount = prompt.match(hedges)?.length ?? 0;
  const questionCount = prompt.match(/\?/g)?.length ?? 0;
  const shoutedCount = prompt.match(/\b[A-Z]{4,}\b/g)?.length ?? 0;
  const wordCount = prompt.match(/\S+/g)?.length ?? 0;
  return {
    audience: has(audience),
    structure: has(structure),
    examples: has(examples),
    reasons: has(reasons),
    brevity: has(brevity),
    context: has(context),
    specifics: has(specifics),
    noPadding: has(noPadding),
    checked: has(checked),
    role: has(role),
    politeness: has(politeness),
    vagueness: clampShare(hedgeCount / 2),
    manyQuestions: clampShare((questionCount - 1) / 2),
    wordiness: clampShare((wordCount - WORDS_BEFORE_WORDY) / (WORDS_FULLY_WORDY - WORDS_BEFORE_WORDY)),
    pressure: shoutedCount >= 2 || threats.test(prompt) ? 1 : 0,
  };
}

function clampShare(value: number): number {
  return Math.min(1, Math.max(0, value));
}
