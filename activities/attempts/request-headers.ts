/** Headers of requests whose secrets the worker's environment holds. */
import type { ActivityContext } from '../activity.ts';
import { ActivityError } from './errors.ts';

/** A header's value, or the name of the variable of the worker's environment that holds it. */
export type HeaderValue =
  string | { readonly env: string; /** Stands before the value, e.g. `Bearer `. */ readonly prefix?: string };

/**
 * Headers by their names in small letters, as they are sent; what comes from the environment is hidden in all that leaves the
 * activity. Throws `ActivityError` `ENV_NOT_SET`.
 */
export function resolveHeaders(
  headers: { readonly [name: string]: HeaderValue },
  { environment, secrets }: Pick<ActivityContext, 'environment' | 'secrets'>,
): { [name: string]: string } {
  const resolved = Object.entries(headers).map(([name, value]): [string, string] => {
    if (typeof value === 'string') return [name.toLowerCase(), value];
    const secret = environment(value.env)?.trim();
    if (secret === undefined || secret === '') {
      throw new ActivityError(
        'ENV_NOT_SET',
        `The worker's environment does not set ${value.env}, which holds the header '${name}'.`,
      );
    }
    return [name.toLowerCase(), `${value.prefix ?? ''}${secrets.keep(secret)}`];
  });
  return Object.fromEntries(resolved);
}
