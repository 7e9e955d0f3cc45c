/** Keeps text that others wrote from passing for a part of the message that it is quoted in. */
import { digest } from '../../store/digest.ts';

/**
 * A mark that none of the texts contains, and that nobody could have guessed when they were written: 12 hex digits of the
 * digest of seed and texts. The same every time.
 */
export function fenceFor(seed: number, texts: readonly string[]): string {
  for (let turn = 0; ; turn += 1) {
    const fence = digest({ seed, texts, turn }).slice(0, 12);
    if (!texts.some((text) => text.toLowerCase().includes(fence))) return fence;
  }
}

/**
 * Marks by which chat templates know where a message begins and ends (ChatML and its kin, Llama, Mistral, Gemma, DeepSeek).
 * A server turns them into control tokens wherever they stand, so that no fence would hold.
 */
const controlMarks =
  /<(?=[|｜])|(?<=[|｜])>|<(?=\/?(?:s|bos|eos|start_of_turn|end_of_turn|think)>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])/gi;

/** The text with a blank inside every such mark: as readable as before, and nothing but text. */
export function disarm(text: string): string {
  return text.replaceAll(controlMarks, (mark) => (mark === '>' ? ' >' : `${mark} `));
}
