/** The ways in which the rewriting models can word a request: how an instruction asks for each, and its phrases. */
import type { Quality } from './prompt-qualities.ts';

/** One way to change the wording of a request. */
export interface Wording {
  readonly quality: Quality;
  /** Whether it usually makes answers worse; rewriters use these only when asked, or by mistake. */
  readonly harmful: boolean;
  /** Recognises an instruction or a lesson that is about this wording. */
  readonly askedBy: RegExp;
  /** Whether `askedBy` already contains the word "avoid" or the like, so that a negation before it is none. */
  readonly isNegative: boolean;
  readonly place: 'before' | 'after';
  /** Whole sentences to the same effect; their words never count as a request's subject. */
  readonly phrases: readonly string[];
}

export const wordings: readonly Wording[] = [
  {
    quality: 'audience',
    harmful: false,
    askedBy:
      /audience|who(m)? (the answer|it|this) is (meant )?for|\breader|beginner|newcomer|for whom|level of knowledge/i,
    isNegative: false,
    place: 'before',
    phrases: [
      'I am new to this, so assume no background.',
      'The answer is for a beginner.',
      'Write it for someone who has never done this.',
      'Assume I know nothing about it yet.',
      'It is meant for people who are not experts.',
    ],
  },
  {
    quality: 'structure',
    harmful: false,
    askedBy:
      /struct|\bform(at\w*)?\b|(?<!")\blists?\b|\bsteps?\b|bullet|section|heading|organi[sz]|layout|numbered/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'Answer in numbered steps.',
      'Lay it out step by step.',
      'Use bullet points.',
      'Organize the answer in short sections with headings.',
      'Give it as a short list, in order.',
    ],
  },
  {
    quality: 'examples',
    harmful: false,
    askedBy: /(?<!for )example\b|examples|illustrat|case stud/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'Give one example.',
      'Include an example from real life.',
      'Illustrate each point with an example.',
      'Show a small worked example.',
      'Add two examples.',
    ],
  },
  {
    quality: 'reasons',
    harmful: false,
    askedBy: /\breason|evidence|\bwhy\b|justif|trade-?off|rationale|mechanism/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'Explain why each point matters.',
      'Give the reasons behind your advice.',
      'Say why it works.',
      'Include the reasoning.',
      'Mention the evidence for what you say.',
    ],
  },
  {
    quality: 'brevity',
    harmful: false,
    askedBy:
      /the length\b|length (bound|limit)|word limit|\blimit|concise|brief|bound|(answer|reply|keep it) short|short (answer|reply)|number of words|how long/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'Keep it under 200 words.',
      'Answer in no more than five sentences.',
      'Be concise.',
      'Use no more than 150 words.',
      'Keep the answer short.',
    ],
  },
  {
    quality: 'context',
    harmful: false,
    askedBy:
      /context|purpose|\bgoal|background|situation|use case|intend|what (it|the answer) is (needed|used|wanted)/i,
    isNegative: false,
    place: 'before',
    phrases: [
      'I want to use this at once.',
      'My goal is to do it on my own.',
      'I need this to make a decision soon.',
      'This is for something I am about to begin.',
      'I need it for a talk with others.',
    ],
  },
  {
    quality: 'specifics',
    harmful: false,
    askedBy: /specific|concrete(?!,? (worked )?example)|precise|figures|numbers|\bdetail|exact/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'Be specific and give numbers where you can.',
      'Name exact amounts and times.',
      'Give concrete figures.',
      'Be precise about amounts and times.',
      'I would like a detailed answer.',
    ],
  },
  {
    quality: 'noPadding',
    harmful: false,
    askedBy:
      /padding|filler|fluff|introduction|preamble|to the point|only what matters|generalities|repetition|leave out/i,
    isNegative: true,
    place: 'after',
    phrases: [
      'Skip the introduction.',
      'No filler, only what matters.',
      'Get straight to the point.',
      'Leave out generalities.',
      'Avoid repetition and padding.',
    ],
  },
  {
    quality: 'checked',
    harmful: false,
    askedBy: /accura|uncertain|unsure|not sure|verif|\bfacts?\b|correct|certain|established/i,
    isNegative: true,
    place: 'after',
    phrases: [
      'Say when you are not sure.',
      'Only state what is well established.',
      'Double-check your facts.',
      'Point out what is uncertain.',
      'Check each claim before you make it.',
    ],
  },
  {
    quality: 'role',
    harmful: false,
    askedBy: /\brole\b|persona|act as|\bexpert\b/i,
    isNegative: false,
    place: 'before',
    phrases: [
      'Act as an experienced adviser.',
      'You are an expert in this field.',
      'Imagine you are a patient teacher.',
    ],
  },
  {
    quality: 'politeness',
    harmful: false,
    askedBy: /polite|courte|please|thank|friendly/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'Thank you so much in advance.',
      'I would really appreciate your help.',
      'Please take your time.',
    ],
  },
  {
    quality: 'vagueness',
    harmful: true,
    askedBy: /vague|casual|hedg|offhand|sloppy|unclear|loose|imprecise/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'Or something like that, I guess.',
      'Any stuff about it is fine, whatever comes to mind.',
      'Just some info or so, you know.',
      'Maybe you can help somehow.',
    ],
  },
  {
    quality: 'manyQuestions',
    harmful: true,
    askedBy:
      /(several|many|multiple|more|further|extra|smaller) (things|questions)|at once|follow-?up questions/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'What else should I know? And what comes after that?',
      'Also, who does it best? And when is it too late?',
      'Is it worth it at all? And what would you do? And what do others do?',
    ],
  },
  {
    quality: 'wordiness',
    harmful: true,
    askedBy:
      /wordy|wordiness|long-?winded|verbos|elaborate|long(er)? (request|sentences)|grow(ing)? the request|lengthy|rambl/i,
    isNegative: false,
    place: 'before',
    phrases: [
      'I have been thinking about this for quite a while now, and there is a lot that could be said about how I came to ask it, which I will leave aside here, but in any case, all things considered, and whichever way one looks at it, what follows is in the end what I would like to have answered.',
      'Before I come to what I would like to ask, let me say that I have turned it over in my mind again and again, on many days and in many ways, and that I have talked about it with others as well, who had one thing or another to say, so that by now I would just like to ask you.',
    ],
  },
  {
    quality: 'pressure',
    harmful: true,
    askedBy: /urgen|pressure|threat|capital|insist|\bcaps\b|\bstakes|shout|exclamation/i,
    isNegative: false,
    place: 'after',
    phrases: [
      'THIS IS EXTREMELY IMPORTANT, DO NOT FAIL!!',
      'Answer this right now, or else!!',
      'You will be penalized for any mistake.',
    ],
  },
];

/** Recognises an instruction to make the request itself plainer: what is not the request is taken out. */
export const asksForPlainness =
  /simplif|shorten|\bplain|few(er)? words|terse|\bstrip|more direct|(single|one) (clear |plain |simple )?question|cut (it )?down|clearer/i;
