/** What a server's finish reason says of an answer. */

/**
 * - `whole`: the model came to its end
 * - `CUT_OFF`, `FILTERED`, `REFUSED`, `TOOL_CALL`, `ANSWER_ABORTED`, `ANSWER_FAILED`, `UNFINISHED`: it did not; codes of `ModelError`
 */
export type Ending =
  | 'whole'
  | 'CUT_OFF'
  | 'FILTERED'
  | 'REFUSED'
  | 'TOOL_CALL'
  | 'ANSWER_ABORTED'
  | 'ANSWER_FAILED'
  | 'UNFINISHED';

/**
 * Lower case, words parted by underscores. Of OpenAI, vLLM, SGLang, llama.cpp, Ollama, TGI, Mistral, OpenRouter, DeepSeek,
 * Azure, Cohere, Bedrock, and the OpenAI-compatible faces of Anthropic and Gemini.
 */
const ENDINGS: { readonly [finishReason: string]: Ending } = {
  stop: 'whole',
  eos: 'whole',
  eos_token: 'whole',
  stop_sequence: 'whole',
  stop_token: 'whole',
  stop_word: 'whole',
  end_turn: 'whole',
  end_of_text: 'whole',
  complete: 'whole',
  completed: 'whole',
  finish: 'whole',
  finished: 'whole',
  stopped: 'whole',

  length: 'CUT_OFF',
  limit: 'CUT_OFF',
  max_tokens: 'CUT_OFF',
  max_output_tokens: 'CUT_OFF',
  max_length: 'CUT_OFF',
  model_length: 'CUT_OFF',
  token_limit: 'CUT_OFF',
  context_length: 'CUT_OFF',
  context_length_exceeded: 'CUT_OFF',
  model_context_window_exceeded: 'CUT_OFF',
  incomplete: 'CUT_OFF',
  repetition: 'CUT_OFF',
  pause_turn: 'CUT_OFF',

  content_filter: 'FILTERED',
  content_filtered: 'FILTERED',
  guardrail_intervened: 'FILTERED',
  safety: 'FILTERED',
  recitation: 'FILTERED',
  language: 'FILTERED',
  blocklist: 'FILTERED',
  prohibited_content: 'FILTERED',
  image_safety: 'FILTERED',
  spii: 'FILTERED',
  error_toxic: 'FILTERED',
  sensitive: 'FILTERED',

  refusal: 'REFUSED',

  tool_calls: 'TOOL_CALL',
  tool_call: 'TOOL_CALL',
  tool_use: 'TOOL_CALL',
  function_call: 'TOOL_CALL',
  malformed_function_call: 'TOOL_CALL',
  unexpected_tool_call: 'TOOL_CALL',

  abort: 'ANSWER_ABORTED',
  aborted: 'ANSWER_ABORTED',
  cancel: 'ANSWER_ABORTED',
  cancelled: 'ANSWER_ABORTED',
  canceled: 'ANSWER_ABORTED',
  insufficient_system_resource: 'ANSWER_ABORTED',

  error: 'ANSWER_FAILED',
  error_limit: 'CUT_OFF',
  failed: 'ANSWER_FAILED',
  network_error: 'ANSWER_FAILED',
  other: 'ANSWER_FAILED',
};

/** An answer counts as whole only by a finish reason that is known to say so. */
export function endingOf(finishReason: string | null): Ending {
  if (finishReason === null) return 'UNFINISHED';
  if (finishReason === 'stop') return 'whole';
  const words = finishReason
    .trim()
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
    .replace(/^finish_reason_/, '');
  return Object.hasOwn(ENDINGS, words) ? (ENDINGS[words] ?? 'UNFINISHED') : 'UNFINISHED';
}
