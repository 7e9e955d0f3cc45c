import { STANDARD, type Dialect, type Field } from '../wire/dialect.ts';

/** How long calls wait for what the first one of their kind learns: servers refuse at once what they do not know. */
const WAIT_MS = 200;

interface FirstCall {
  readonly isOver: Promise<void>;
  readonly end: () => void;
  timer: NodeJS.Timeout;
}

/** What is known of a model at one endpoint. */
export class ServedModel {
  dialect: Dialect = STANDARD;
  /** Whether it was said that the server does not count tokens. */
  isUncounted = false;
  /** Whether the server was asked for the tokens of a text, and cannot tell. */
  hasNoTokenizer = false;
  /** Which model it is, and when that was asked; `model-identity.ts` keeps them. */
  identity: string | undefined;
  identityAtMs = 0;
  asking: Promise<string> | undefined;
  /** First calls of each kind; null once it is over. */
  private readonly first = new Map<string, FirstCall | null>();

  /**
   * Lets the first call of a kind go ahead, so that what a server refuses is refused once and not to all calls of the same
   * moment. Undefined where there is nothing to wait for.
   */
  enter(kind: string): Promise<void> | undefined {
    const first = this.first.get(kind);
    if (first !== undefined) return first?.isOver;
    let end = (): void => {};
    const isOver = new Promise<void>((resolve) => (end = resolve));
    const over = (): void => {
      this.first.set(kind, null);
      end();
    };
    this.first.set(kind, { isOver, end: over, timer: setTimeout(over, WAIT_MS) });
    return undefined;
  }

  /** The first call of a kind is asked once more in another dialect. */
  prolong(kind: string): void {
    this.first.get(kind)?.timer.refresh();
  }

  /** A call of a kind has been answered. */
  leave(kind: string): void {
    const first = this.first.get(kind);
    if (!first) return;
    clearTimeout(first.timer);
    first.end();
  }

  /** Keeps what has worked. @returns the fields that are new. */
  learn(dialect: Dialect): readonly Field[] {
    const fresh = [...dialect].filter(([field, name]) => this.dialect.get(field) !== name);
    if (fresh.length > 0) this.dialect = new Map([...this.dialect, ...fresh]);
    return fresh.map(([field]) => field);
  }
}
