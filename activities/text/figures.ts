/** Figures as people read them, the same in the report, the terminal and the verdict. */

const MINUS = '−';

/** A number with a true minus sign. Digits after the point: 2 unless told. */
export function formatNumber(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A difference with its sign; 0.00 has none. */
export function formatSigned(value: number, digits = 2): string {
  const text = formatNumber(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A share between 0 and 1 as a whole percentage. */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** A whole number with thousands separated, e.g. `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** A count and its noun, e.g. `1 topic`, `10 topics`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `0.41 to 0.83`; `not known` where an end is null. */
export function formatInterval(
  { low, high }: { readonly low: number | null; readonly high: number | null },
  format: (value: number) => string = formatNumber,
): string {
  return low === null || high === null ? 'not known' : `${format(low)} to ${format(high)}`;
}

/** A p-value to three digits; `< 0.001` below. */
export function formatP(p: number | null): string {
  if (p === null) return 'not known';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** Calls and tokens of one prompt, e.g. `9.0, 2,400`; `not known` where nothing was recorded, as in results of earlier versions. */
export function formatSpend(
  spend: { readonly calls: number; readonly tokens: number } | null | undefined,
): string {
  return spend == null ? 'not known' : `${formatNumber(spend.calls, 1)}, ${formatCount(spend.tokens)}`;
}

/** A duration such as `42 s`, `3 min` or `1.5 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 100) return `${formatNumber(seconds, seconds < 10 ? 1 : 0)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${formatNumber(seconds / 3600, 1)} h`;
}

/** A name of code as words, e.g. `base_prompts` as `base prompts`. */
export function formatName(name: string): string {
  return name.replaceAll('_', ' ');
}
