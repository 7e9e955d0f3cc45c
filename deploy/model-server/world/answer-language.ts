/**
 * The sentences that the simulated main model builds its answers from, and the marks by which validators know
 * each kind again. A phrase bears the mark of its own kind and of no other, which the tests check.
 */

/** How one trait of a sentence can be: a credit to the answer, neither, or a fault. */
export type Trait = 'good' | 'neutral' | 'bad';

/** Sentence bodies by their use to the reader; `{s}` is the subject. */
export const bodies: { readonly [trait in Trait]: readonly string[] } = {
  good: [
    'start with the {s} and check it before going on',
    'set aside some time for the {s} and do that part today',
    'write down what is needed for the {s} and tick it off',
    'test the {s} on a small scale and keep what works',
    'compare two kinds of {s} and keep the one that fits',
    'ask for the {s} by name and try it for a week',
    'measure the {s} before and after',
  ],
  neutral: [
    'how the rest turns out usually hangs on the {s}',
    'most of the effort goes into the {s}',
    'much depends on what surrounds the {s}',
    'people differ on what they need of the {s}',
    'a good deal hangs on the {s}',
    'most accounts of this come back to the {s}',
  ],
  bad: [
    'it goes without saying that many people have the {s} on their minds these days',
    'as everybody knows, one could go on about the {s}',
    'there is much to be said about the {s} in general terms',
    'needless to say, there are many sides to the {s}',
  ],
};

/** Concrete detail, or the lack of it, after the body; `#` is a number. */
export const details: { readonly [trait in Trait]: readonly string[] } = {
  good: [
    ', because the effect builds up slowly',
    ', because small faults add up later',
    ', because nothing else makes up for it',
    ', for example when there is little room',
    ', for example with one that is half the usual size',
    ', which takes about # minutes each time',
    ', which makes up roughly # percent of the outcome',
  ],
  neutral: [''],
  bad: [', in one way or another', ', more or less', ', broadly speaking'],
};

/** Support for what is said, or doubt about it. */
export const supports: { readonly [trait in Trait]: readonly string[] } = {
  good: ['; this is well documented', '; measurements agree on this', '; independent tests confirm it'],
  neutral: [''],
  bad: [
    '; I may be mixing this up',
    '; the opposite may be true as well',
    '; so it is sometimes claimed, at least',
  ],
};

/** A clause that makes a sentence hard to follow. */
export const muddles: readonly string[] = [
  ', which is to say that of it, as it were, the other part',
  ', that being the part of which the former, if anything, is',
  ', or rather the reverse of what that would be if it were',
];

/** Words that put a sentence in its place; the last one is repeated as often as needed. */
export const orderWords: readonly string[] = ['First,', 'Next,', 'Then,', 'After that,', 'Finally,'];

/** What a drifting answer is about instead. */
export const driftSubjects: readonly string[] = [
  'lighthouse',
  'accordion',
  'marzipan',
  'zeppelin',
  'monastery',
  'porcelain',
  'xylophone',
  'cathedral',
];

/** First sentences; `{s}` is all that the request is about. */
export const openings: readonly string[] = [
  'This is about {s}.',
  'The question is about {s}.',
  'Here is an answer on {s}.',
];

export const emptyAnswer = 'I did not receive a question, so tell me what you would like to know.';

/** What validators look for in a sentence, after a list mark or order word is taken off. */
export const marks = {
  action:
    /^(start|begin|set|write|test|compare|ask|measure|choose|try|use|check|put|make|take|keep|read|call)\b/i,
  filler:
    /goes without saying|everybody knows|much to be said|needless to say|at the end of the day|in today's world/i,
  detail: /\b(because|since|for example|for instance|such as|therefore)\b|\d/i,
  vague: /\bin one way or another\b|\bmore or less\b|\bbroadly speaking\b|\bsomehow\b/i,
  support: /\bwell documented\b|\bmeasurements agree\b|\bindependent tests\b|\bwell established\b/i,
  doubt:
    /\bmixing this up\b|\bopposite may be true\b|\bsometimes claimed\b|\b(i am|i'm) not (quite )?sure\b|\bI think\b/i,
  order: /^(\d{1,2}[.)]|[-*•]|(first|second|third|next|then|after that|finally|lastly)\b,?)\s*/i,
  muddle: /\bas it were\b|\bof which the former\b|\bthe reverse of what\b/i,
} as const;
