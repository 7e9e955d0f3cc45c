export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** A URL without what may be secret in it. */
export function describeUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
