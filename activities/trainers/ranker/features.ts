/**
 * How a prompt is worded, as numbers. The features are about wording in general, in English, and know nothing of
 * any domain or model; what they are worth is learned from pairs. Names are durable: they stand in model files.
 */
import type { Wording } from '../../wording/read-wording.ts';
import { readWording } from '../../wording/read-wording.ts';
import { addedPieces, addedWords, bucketOf } from './grams.ts';

export interface Feature {
  /** Durable. */
  readonly name: string;
  /** What a prompt with a high value does, as the beginning of a lesson. */
  readonly sentence: string;
  /** A number of the order of 1. */
  measure(prompt: Wording, base: Wording): number;
}

/** 1 where the lower-case prompt matches, else 0. */
function mentions(name: string, sentence: string, pattern: RegExp): Feature {
  return { name, sentence, measure: ({ lower }) => (pattern.test(lower) ? 1 : 0) };
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

const wordRatio = (prompt: Wording, base: Wording): number =>
  Math.max(1, prompt.words.length) / Math.max(1, base.words.length);

const VERBS =
  'analy[sz]e|answer|break|compare|create|define|describe|design|discuss|draft|evaluate|explain|explore|give|help|' +
  'identify|illustrate|include|list|offer|outline|plan|present|propose|provide|recommend|review|share|show|suggest|' +
  'summari[sz]e|teach|tell|walk|write';

/** Hand-made features, in the order of their indices. */
export const features: readonly Feature[] = [
  { name: 'length', sentence: 'Writing a longer request', measure: ({ words }) => Math.log1p(words.length) },
  {
    name: 'overlong',
    sentence: 'Growing the request to more than four times its length',
    measure: (prompt, base) => Math.max(0, Math.log(wordRatio(prompt, base) / 4)),
  },
  {
    name: 'shortened',
    sentence: 'Cutting the request shorter than it was',
    measure: (prompt, base) => Math.max(0, -Math.log(wordRatio(prompt, base))),
  },
  { name: 'sentences', sentence: 'Using several sentences', measure: ({ sentences }) => Math.log(sentences) },
  {
    name: 'long_sentences',
    sentence: 'Using long sentences',
    measure: ({ words, sentences }) => Math.max(0, words.length / sentences - 15) / 10,
  },
  {
    name: 'questions',
    sentence: 'Asking several questions',
    measure: ({ text }) => Math.log1p(countMatches(text, /[?؟]/g)),
  },
  {
    name: 'imperative',
    sentence: 'Starting with the thing to do ("Explain …", "List …")',
    measure: ({ lower }) => (new RegExp(`^(please )?(${VERBS})\\b`).test(lower) ? 1 : 0),
  },
  mentions(
    'steps',
    'Asking for steps or a list',
    /\bsteps?\b|step-by-step|\bbullet|\bnumbered\b|\blist\b|\bchecklist\b|\bone by one\b/,
  ),
  mentions(
    'format',
    'Saying which form the answer should have',
    /\b(table|headings?|sections?|paragraphs?|format(ted)?|structured?|markdown|json|outline|organi[sz]ed?)\b/,
  ),
  {
    name: 'list_layout',
    sentence: 'Laying the request itself out as a list',
    measure: ({ text }) => Math.log1p(countMatches(text, /^\s*([-*•]|\d+[.)])\s/gm)),
  },
  mentions(
    'audience',
    'Saying who the answer is for',
    /\b(beginners?|novices?|newcomers?|lay(person|man)|experts?|professionals?|students?|kids?|children|adults?|audience|readers?|for (someone|somebody|people|a person)|to (someone|somebody)|no (prior |previous )?(background|experience|knowledge)|my level)\b/,
  ),
  mentions(
    'examples',
    'Asking for examples',
    /\bexamples?\b|\bfor instance\b|\be\.g\.|\billustrat|\bcase stud|\bsamples?\b/,
  ),
  mentions(
    'reasons',
    'Asking for reasons',
    /\bwhy\b|\breason(s|ing)?\b|\bbecause\b|\bjustif|\brationale\b|\bcauses?\b|\bhow (it|this|that|they) works?\b/,
  ),
  mentions(
    'purpose',
    'Saying what the answer is wanted for',
    /\bso (that )?(i|we)\b|\bin order to\b|\bmy goal\b|\bgoal is\b|\bpurpose\b|\bi (want|plan|hope|am going|intend) to\b|\bi'm (going|planning|trying|about) to\b|\bi'd like to\b|\bi will use\b/,
  ),
  mentions(
    'situation',
    "Describing the person's own situation",
    /\b(i am|i'm|i have|i've|i work|i live|we are|we have|my (situation|context|background|team|family|job|home|budget|case))\b|\bcontext:/,
  ),
  mentions(
    'length_bound',
    'Saying how long the answer should be',
    /\b(\d+|one|two|three|four|five|six|ten|few)[\s-]+(words?|sentences?|paragraphs?|lines?|pages?|bullets?|points?)\b|\b(at most|no more than|up to|under|within|maximum)\b.{0,12}\d/,
  ),
  mentions(
    'brevity',
    'Asking for a short answer',
    /\b(brief(ly)?|short(ly)?|concise(ly)?|succinct(ly)?|quick(ly)?|to the point|tl;?dr)\b/,
  ),
  mentions(
    'thoroughness',
    'Asking for detail',
    /\b(detail(s|ed)?|in[- ]depth|thorough(ly)?|comprehensive(ly)?|elaborate|specifics?|concrete(ly)?)\b/,
  ),
  mentions(
    'limits',
    'Naming what to avoid or leave out',
    /\b(avoid|do not|don't|without|never|exclude|leave out|skip|except|instead of|refrain)\b/,
  ),
  mentions(
    'requirements',
    'Naming what a good answer must have',
    /\b(must|make sure|be sure|ensure|should (include|cover|mention|contain|address)|include|cover|focus on|consider|address)\b/,
  ),
  mentions(
    'checking',
    'Asking for care about what is certain',
    /\b(accurate(ly)?|accuracy|correct(ly|ness)?|verif|sources?|cite|citations?|evidence|facts?|factual|uncertain|not sure|double-check|check your)/,
  ),
  mentions(
    'plain_language',
    'Asking for plain words or definitions',
    /\b(plain|simple|everyday) (words?|language|terms|english)\b|\bjargon\b|\bdefin(e|es|ing|itions?)\b|\bin simple\b|\bsimply\b/,
  ),
  mentions(
    'alternatives',
    'Asking for alternatives or trade-offs',
    /\b(compare|comparison|pros and cons|trade-?offs?|advantages?|disadvantages?|drawbacks?|alternatives?|versus|vs|options?|differences?)\b/,
  ),
  mentions(
    'action',
    'Asking for something to act on',
    /\b(practical|actionable|tips?|advice|apply|what to do|next steps?|recommend(ations?)?|try|hands-on|usable)\b/,
  ),
  mentions(
    'pitfalls',
    'Asking for mistakes and pitfalls',
    /\b(mistakes?|pitfalls?|common errors?|misconceptions?|misunderstandings?|watch out|warnings?|risks?|caveats?)\b/,
  ),
  {
    name: 'vague_words',
    sentence: 'Using vague words ("something", "stuff", "kind of")',
    measure: ({ lower }) =>
      Math.log1p(
        countMatches(
          lower,
          /\b(maybe|perhaps|somehow|something|anything|everything|things?|stuff|kind of|sort of|a bit|a little|whatever|etc|some|somewhat|probably|i guess|basically|or so)\b/g,
        ),
      ),
  },
  mentions(
    'politeness',
    'Being polite ("please", "thank you")',
    /\b(please|thanks|thank you|kindly|could you|would you|grateful|appreciate)\b/,
  ),
  mentions(
    'role_play',
    'Giving the assistant a role to play',
    /\b(you are an?|you're an?|act as|imagine (that )?you|pretend|as an? (\w+ )?(expert|teacher|professional|specialist|coach)|take the role|world-class)\b/,
  ),
  mentions(
    'pressure',
    'Putting pressure on the assistant (urgency, importance, reward)',
    /\b(urgent(ly)?|asap|very important|extremely important|critical(ly)?|my (job|career|life) depends|tip you|reward|immediately|right now|crucial(ly)?)\b|!{2,}/,
  ),
  {
    name: 'shouting',
    sentence: 'Writing words in capitals',
    measure: ({ text }) => Math.log1p(countMatches(text, /\b\p{Lu}{4,}\b/gu)),
  },
  {
    name: 'exclamations',
    sentence: 'Using exclamation marks',
    measure: ({ text }) => Math.log1p(countMatches(text, /!/g)),
  },
  {
    name: 'numbers',
    sentence: 'Giving numbers',
    measure: ({ text }) => Math.log1p(countMatches(text, /\p{N}+/gu)),
  },
  {
    name: 'lost_content',
    sentence: 'Losing words of what was asked',
    measure: (prompt, base) =>
      base.content.size === 0
        ? 0
        : [...base.content].filter((word) => !prompt.content.has(word)).length / base.content.size,
  },
  {
    name: 'new_content',
    sentence: 'Adding new subject words',
    measure: (prompt, base) =>
      Math.log1p([...prompt.content].filter((word) => !base.content.has(word)).length),
  },
];

/** Numbers by index; zeros are absent. */
export type SparseVector = ReadonlyMap<number, number>;

/**
 * The wording of `prompt`, a rewriting of `basePrompt`: hand-made features at 0 … features.length − 1, then 1 for each bucket
 * of words and word pairs that `prompt` has and `basePrompt` has not, then the same for pieces of words; `buckets` (a power of two) of each
 * sort (Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009).
 */
export function featurize(basePrompt: string, prompt: string, buckets: number): SparseVector {
  const base = readWording(basePrompt);
  const wording = readWording(prompt);
  const vector = new Map<number, number>();
  features.forEach((feature, index) => {
    const value = feature.measure(wording, base);
    if (value !== 0) vector.set(index, value);
  });
  for (const gram of addedWords(base, wording)) vector.set(features.length + bucketOf(gram, buckets), 1);
  for (const piece of addedPieces(base, wording))
    vector.set(features.length + buckets + bucketOf(piece, buckets), 1);
  return vector;
}
