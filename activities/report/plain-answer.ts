/** The answer that a report begins with, in words that need no explaining. Pure. */
import {
  formatCount,
  formatCounted,
  formatInterval,
  formatNumber,
  formatShare,
  formatSigned,
} from '../text/figures.ts';
import type { ArmMetrics, Estimate, Metrics, PeopleMetrics, VerdictKind } from './metrics.ts';
import { TUNED } from './training-metrics.ts';
import { endOfScale, findLengthDoubt, MIN_TOPICS, type EndOfScale } from './verdict.ts';

export const QUESTION = 'Do the optimized prompts get better answers?';

/** One of the things that everybody asks next. */
export interface AnswerPart {
  readonly question: string;
  /** The answer in a word or a number. */
  readonly answer: string;
  /** What belongs to it, in a sentence or two. */
  readonly more: string;
}

export interface PlainAnswer {
  readonly answer: 'Yes' | 'No' | 'Cannot tell';
  /** A sentence. */
  readonly because: string;
  readonly parts: readonly AnswerPart[];
}

/** What an arm is called where nobody has been told what an arm is. */
export function plainName(arm: string): string {
  const names: { readonly [arm: string]: string } = {
    baseline: 'untouched prompts',
    rewriter: 'rewritten once',
    untrained: 'rewritten without learning',
    champion: 'optimized by the version in use',
    template: 'with the template found',
    tuned: 'untouched prompts, answered by the tuned model',
    both: 'optimized, and answered by the tuned model',
  };
  return names[arm] ?? 'optimized as learned';
}

/** Yes, no or cannot tell; by how much, who says so, whether it is the learning, and what it costs. */
export function plainAnswer(metrics: Metrics): PlainAnswer {
  const best = metrics.arms.find(({ name }) => name === metrics.verdict.arm);
  const { kind } = metrics.verdict;
  const parts =
    best === undefined
      ? costOf(metrics, undefined)
      : [
          gainOf(best, kind),
          witnessOf(metrics),
          ...peopleOf(metrics),
          ...(kind === 'gain' || kind === 'mixed' ? learningOf(metrics, best) : []),
          ...tuningOf(metrics),
          ...costOf(metrics, best),
        ];
  return { ...answerOf(metrics, best), parts };
}

function answerOf(metrics: Metrics, best: ArmMetrics | undefined): Pick<PlainAnswer, 'answer' | 'because'> {
  const answers: { readonly [kind in VerdictKind]: readonly [PlainAnswer['answer'], () => string] } = {
    gain: ['Yes', () => 'The optimized prompts get better answers.'],
    worse: ['No', () => 'The optimized prompts get worse answers.'],
    mixed: ['No', () => `The answers are better on the whole, but surely worse ${worsePartOf(best)}.`],
    'no gain': ['No', () => 'The optimized prompts get no better answers, as far as this test can see.'],
    'not proven': ['Cannot tell', () => whyNotProven(metrics, best)],
    'cannot tell': ['Cannot tell', () => whyUnable(metrics)],
    none: [
      'Cannot tell',
      () =>
        metrics.failure === undefined
          ? 'Nothing was tested, as there was too little to learn from.'
          : 'Nothing was tested, as the run failed before.',
    ],
  };
  const [answer, because] = answers[metrics.verdict.kind];
  return { answer, because: because() };
}

function whyNotProven({ judges }: Metrics, best: ArmMetrics | undefined): string {
  const isByLength =
    judges.arePrograms !== true &&
    best !== undefined &&
    best.gain.low !== null &&
    best.gain.low > 0 &&
    findLengthDoubt(best) !== null;
  return isByLength
    ? 'The answers score better, but the judges may just like their length.'
    : 'The answers look better, but that may be chance.';
}

function worsePartOf(best: ArmMetrics | undefined): string {
  const worse = (best?.criteria ?? []).filter(({ gain }) => gain.high !== null && gain.high < 0);
  return worse.length > 0 ? `in ${worse.map(({ name }) => name).join(', ')}` : 'to one of the judges';
}

const AT_END: { readonly [end in EndOfScale]: string } = {
  least:
    'No answer got any points at all, with the optimized prompts or without: the judge asks for more than this model gives.',
  greatest:
    'Every answer got all the points that there are, without the optimized prompts as well: nothing is left to gain.',
};

function whyUnable(metrics: Metrics): string {
  const { judges, counts } = metrics;
  if (counts.testTopics > 0 && counts.testTopics < MIN_TOPICS)
    return `Only ${formatCounted(counts.testTopics, 'topic')} could be tested: too few to tell a difference from chance.`;
  if (judges.validators.length > 0 && !judges.areUnheard)
    return 'No judge is left that the learning did not listen to.';
  const end = endOfScale(metrics);
  if (end !== undefined) return AT_END[end];
  return 'What was tested is not enough to say; the reason stands below.';
}

/** Where nothing can be told, a range would look as if something could. */
function gainOf({ gain, winRate }: ArmMetrics, kind: VerdictKind): AnswerPart {
  const { wins, ties, losses } = winRate;
  const won = `Better on ${wins} of ${formatCounted(wins + ties + losses, 'prompt')}, worse on ${losses}.`;
  return {
    question: kind === 'gain' || kind === 'worse' || kind === 'mixed' ? 'By how much?' : 'What was seen?',
    answer: formatSigned(gain.mean),
    more: `points on a scale of 1 to 5${kind === 'cannot tell' ? '' : likely(gain)}. ${won}`,
  };
}

function likely(estimate: Estimate, format: (value: number) => string = formatSigned): string {
  const { low, high } = estimate;
  return low === null || high === null ? '' : `, very likely ${formatInterval(estimate, format)}`;
}

function witnessOf({ judges, validators, counts }: Metrics): AnswerPart {
  const models = judges.validators.map(
    (number) => validators.find(({ validator }) => validator === number)?.model ?? `judge ${number}`,
  );
  const one = judges.validators.length === 1;
  const heard = judges.areUnheard ? 'never' : 'has';
  const where = `on ${formatCounted(counts.testPrompts, 'prompt')} of ${formatCounted(counts.testTopics, 'topic')} kept aside for this`;
  return {
    question: 'Who says so?',
    answer: one ? 'One judge' : formatCounted(judges.validators.length, 'judge'),
    more: `${one ? 'It is' : 'They are'} ${[...new Set(models)].join(', ')}, to which the learning ${heard} listened, ${where}.`,
  };
}

function peopleOf({ people }: Metrics): AnswerPart[] {
  if (people === undefined || people.corrected === null) return [];
  const { form, corrected } = people;
  const figure = form === 'criteria' ? formatSigned : formatShare;
  const what = form === 'criteria' ? 'points' : 'of the prompts get a better answer';
  return [
    {
      question: 'And people?',
      answer: figure(corrected.mean),
      more: `${what} by what they say${likely(corrected, figure)}. ${peopleText(people)}`,
    },
  ];
}

/** Who has said what of how much. */
export function peopleText({ people, labelled, simulated }: PeopleMetrics): string {
  const who = `${people === 1 ? 'One person' : `${formatCount(people)} people`}${simulated ? ' (simulated)' : ''}`;
  return `${who} compared ${formatCounted(labelled, 'pair')} of answers without knowing whose they are.`;
}

function learningOf({ arms }: Metrics, { overControl }: ArmMetrics): AnswerPart[] {
  const control = arms.find(({ isControl }) => isControl);
  if (overControl === null || control === undefined) return [];
  const { mean, low, high } = overControl;
  const answer = low !== null && low > 0 ? 'Yes' : high !== null && high < 0 ? 'No' : 'Not proven';
  return [
    {
      question: 'Is it the learning?',
      answer,
      more: `Rewriting just as often without learning gains ${formatSigned(control.gain.mean)}; with learning it is ${formatNumber(Math.abs(mean))} ${mean < 0 ? 'less' : 'more'}${likely(overControl)}.`,
    },
  ];
}

function tuningOf({ arms, verdict }: Metrics): AnswerPart[] {
  const tuned = arms.find(({ name }) => name === TUNED);
  if (tuned === undefined || verdict.kind === 'cannot tell') return [];
  return [
    {
      question: 'And the tuned model?',
      answer: formatSigned(tuned.gain.mean),
      more: `points where the model that was trained on its own best answers is sent the untouched prompts${likely(tuned.gain)}.`,
    },
  ];
}

function costOf({ spend }: Metrics, best: ArmMetrics | undefined): AnswerPart[] {
  const sum = (key: 'calls' | 'promptTokens' | 'completionTokens'): number =>
    spend.reduce((total, stage) => total + stage[key], 0);
  const calls = formatCounted(sum('calls'), 'model call');
  const found = `This run took ${calls} and ${formatCount(sum('promptTokens') + sum('completionTokens'))} tokens.`;
  const use = best?.spend;
  if (use == null) return [{ question: 'What did it cost?', answer: calls, more: found }];
  return [
    {
      question: 'What does it cost?',
      answer: `${formatNumber(use.ratio, 1)} times`,
      more: `the tokens of an untouched prompt, each time (${formatNumber(use.calls, use.calls % 1 === 0 ? 0 : 1)} model calls instead of 1). ${found}`,
    },
  ];
}
