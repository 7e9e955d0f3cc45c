/** How fast any scheduler could be at best. Pure. */

/** What a role's model has to do, and the servers that do it. */
export interface RoleLoad {
  readonly name: string;
  /** Stage of the role, in the order in which a row passes them; roles of one stage work on a row at once. */
  readonly stage: number;
  /** Answer tokens of each of its calls. */
  readonly tokens: readonly number[];
  readonly servers: readonly { readonly slots: number; readonly tokensPerSecond: number }[];
}

/**
 * Seconds that no schedule can be faster than:
 *
 *     max over roles r of   W(r) / C(r)  +  Σ over stages s other than r's of  d(s)
 *
 * W(r) are the tokens of all answers of the role, C(r) = Σ slots × tokens per second over its servers, so that W(r) / C(r)
 * is the time in which its servers can do the work if none of them is ever idle. The sum is the unavoidable fill: the
 * first row reaches r only after one call of each stage before, and the last one that r has done still needs one of each
 * stage after; d(s) is the shortest of the stage's calls at its fastest server, the longest of them where several roles
 * work at once.
 */
export function lowerBoundSeconds(roles: readonly RoleLoad[]): number {
  return Math.max(
    ...roles.map((role) => {
      const others = new Map<number, number>();
      for (const { stage, ...load } of roles) {
        if (stage === role.stage) continue;
        others.set(stage, Math.max(others.get(stage) ?? 0, shortestCallSeconds(load)));
      }
      return workSeconds(role) + [...others.values()].reduce((sum, seconds) => sum + seconds, 0);
    }),
  );
}

/** W / C of one role. */
export function workSeconds({ tokens, servers }: Pick<RoleLoad, 'tokens' | 'servers'>): number {
  const capacity = servers.reduce((sum, { slots, tokensPerSecond }) => sum + slots * tokensPerSecond, 0);
  return tokens.reduce((sum, count) => sum + count, 0) / capacity;
}

function shortestCallSeconds({ tokens, servers }: Pick<RoleLoad, 'tokens' | 'servers'>): number {
  return Math.min(...tokens) / Math.max(...servers.map(({ tokensPerSecond }) => tokensPerSecond));
}
