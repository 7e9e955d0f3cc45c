import type { Champion } from '../../activities/store/champions.ts';
import { neutraliseLine } from '../../activities/text/plain-text.ts';

/** @param whose whom it is the champion of */
export function championText(whose: string, { version, previous }: Champion): string {
  const before = previous === null ? 'none before it' : `before it: ${previous}`;
  return neutraliseLine(`The champion of ${whose} is ${version} (${before}).`);
}
