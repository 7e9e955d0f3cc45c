/** What many members of metrics.json are made of. */

/** A mean with its 95% interval; the ends are null where it cannot be had (fewer than two topics). */
export interface Estimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Krippendorff's alpha of the validators on one criterion; null where nothing could be compared. */
export interface AgreementMetrics {
  readonly criterion: string;
  readonly alpha: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** A share between 0 and 1 with its 95% interval. */
export interface Share {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}
