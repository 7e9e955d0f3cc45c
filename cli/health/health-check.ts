/** What `prose doctor` says of one thing that a run needs. */
export interface HealthCheck {
  readonly name: string;
  /** `idle`: not there, and not needed before something starts it. */
  readonly state: 'well' | 'idle' | 'missing';
  readonly found: string;
  /** The command that mends it. */
  readonly remedy?: string;
}
