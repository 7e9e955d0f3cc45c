/** Whether a text asks for something: by signs that English has, and with the benefit of the doubt for other languages. */
import { isEnglish } from './content-words.ts';
import { countWords } from './words.ts';

/** Verbs that tell somebody what to write or do, at the beginning of a clause. */
const VERBS =
  'act|add|advise|analy[sz]e|answer|ask|assume|break|briefly|calculate|cite|compare|compose|consider|convert|cover|create|debug|' +
  'define|describe|design|develop|discuss|draft|elaborate|estimate|evaluate|explain|explore|find|fix|focus|generate|give|' +
  'guide|help|identify|illustrate|imagine|improve|include|list|make|mention|name|offer|organi[sz]e|outline|plan|present|' +
  'propose|provide|rank|recommend|review|rewrite|say|share|show|solve|state|suggest|summari[sz]e|teach|tell|translate|' +
  'use|walk|write';
const QUESTIONS =
  'how|what|why|who|whose|which|is|are|am|can|could|should|would|will|do|does|did|has|have|any|something|(?:when|where) (?:is|are|was|did|do|does|should|can|will)';
/** Where a clause begins: at the start, after a mark, or after a word that joins. */
const CLAUSE = String.raw`(?:^|[.!?:;,\n"'(*-]\s*|\b(?:and|then|please|also|but|finally|kindly)\s+)`;
const ASKS = new RegExp(
  `[?？؟]|${CLAUSE}(?:please\\s+)?(?:${VERBS})\\b|^(?:so\\s+|and\\s+|but\\s+)?(?:${QUESTIONS})\\b|[.!:\\n]\\s*(?:how|what|why|who|which|can|could|should|any|something)\\b|` +
    String.raw`\b(?:i(?:'d| would) like|i want|i need|i'm looking|i am looking|i wonder|wondering|help me|tell me|show me|give me|let me know|can you|could you|your task|please|advice|tips|ideas|recommendations?|suggestions?|best|guide|difference between)\b`,
  'iu',
);
/** Words of a text that hold an idea of its language. */
const FEWEST_WORDS = 4;

/**
 * False for what surely asks for nothing: a single word, and in English a heading or a statement. The signs of asking are English
 * ones, so that a text of another language, or of one that cannot be told, has the benefit of the doubt.
 *
 * @param among texts of the same language, for a text that is too short to tell its own. Default: none.
 */
export function isRequest(text: string, among = ''): boolean {
  if (countWords(text) < 2) return false;
  if (ASKS.test(text)) return true;
  const isShort = countWords(text) < FEWEST_WORDS && /^[\p{ASCII}\s]*$/u.test(text);
  return !isEnglish(text) && !(isShort && isEnglish(among));
}

/** How models begin when they answer, or say that they cannot, instead of rewriting. */
const ANSWERS =
  /^(?:(?:sure|certainly|of course|absolutely|great question|okay|ok)\b[,!.:]|here(?:'s| is| are)\b|i(?:'m| am) (?:sorry|afraid|unable|an? ai)\b|i (?:cannot|can't|can not)\b|as an ai\b|the answer (?:is|to)\b)/iu;

/** Whether a text that was to ask for something answers it. @param among as of `isRequest`. */
export function isAnswer(text: string, among = ''): boolean {
  return ANSWERS.test(text.trim()) || !isRequest(text, among);
}
