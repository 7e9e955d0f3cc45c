/** Colours of task states in pictures: dark text on a light fill, so that they are legible on light and dark pages. */
import type { TaskState } from '../../definitions/model/types.ts';

export const TEXT_COLOR = '#1f2328';

export const STATE_COLORS: {
  readonly [state in TaskState]: { readonly fill: string; readonly line: string };
} = {
  pending: { fill: '#ffffff', line: '#8c959f' },
  running: { fill: '#ddf4ff', line: '#0969da' },
  held: { fill: '#fff8c5', line: '#9a6700' },
  waiting: { fill: '#fff8c5', line: '#9a6700' },
  succeeded: { fill: '#dafbe1', line: '#1a7f37' },
  failed: { fill: '#ffebe9', line: '#cf222e' },
  skipped: { fill: '#eaeef2', line: '#8c959f' },
  blocked: { fill: '#ffebe9', line: '#cf222e' },
  cancelled: { fill: '#fff1e5', line: '#bc4c00' },
};
