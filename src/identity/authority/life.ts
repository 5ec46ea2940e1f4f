import type { AuthorityKind, AuthorityState, Moment, SigningAuthority } from './model.ts';
import { type AuthorityPolicy, activateAt, isUsable, keepRetired, prepareAt } from './policy.ts';

/** Authorities of one kind at one instant: what is due. Every rule is a question without effects. */
export interface Scene {
  readonly of: readonly SigningAuthority[];
  readonly now: Moment;
  readonly policy: AuthorityPolicy;
}

/** The authorities of one kind of a state, at an instant. */
export function sceneOf(
  { authorities }: Pick<AuthorityState, 'authorities'>,
  kind: AuthorityKind,
  now: Moment,
  policy: AuthorityPolicy,
): Scene {
  return { of: authorities.filter((authority) => authority.kind === kind), now, policy };
}

export function activeOf({ of }: Scene): SigningAuthority | undefined {
  return of.find(({ status }) => status === 'active');
}

/** Authorities whose time in the bundle is over. One that never signed goes when it is tainted or has
 *  expired; one that did, when all that it signed has expired. */
export function finished({ of, now, policy }: Scene): readonly SigningAuthority[] {
  return of.filter((authority) => {
    const { status, taint, notAfter, retiredAt, removeAt } = authority;
    if (status === 'prepared' || status === 'published') {
      return taint !== null || notAfter <= now.wall;
    }
    if (removeAt !== null) return now.steady >= removeAt;
    return retiredAt !== null && now.steady >= retiredAt + keepRetired(authority, policy);
  });
}

/** Which authority is to take the place of the active one now. */
export function successor(scene: Scene): SigningAuthority | undefined {
  const { of, now, policy } = scene;
  const active = activeOf(scene);
  if (active && !isDue(active, now, policy)) return undefined;
  const usable = of.filter(
    (authority) =>
      authority !== active && authority.taint === null && isUsable(authority, now.wall, policy),
  );
  const published = usable.filter(({ status }) => status === 'published');
  const ripe = published.find(
    ({ publishedAt }) => publishedAt !== null && now.steady >= publishedAt + policy.publishAhead,
  );
  if (ripe || !isEmergency(active, now, policy)) return ripe;
  // one that has signed before is known to everybody: clocks that were wrong for a while bring it back
  const retired = usable.filter(({ status }) => status === 'retired').toSorted(byRest);
  return retired[0] ?? published[0];
}

const byRest = (a: SigningAuthority, b: SigningAuthority) => b.notAfter - a.notAfter;

function isDue(active: SigningAuthority, now: Moment, policy: AuthorityPolicy): boolean {
  return (
    active.isLeaving ||
    active.taint !== null ||
    now.wall >= activateAt(active) ||
    !isUsable(active, now.wall, policy)
  );
}

/** Whether nothing can be signed, or nothing should be. */
function isEmergency(
  active: SigningAuthority | undefined,
  now: Moment,
  policy: AuthorityPolicy,
): boolean {
  return active === undefined || active.taint === 'urgent' || !isUsable(active, now.wall, policy);
}

/** Whether the next authority is to be made. */
export function needsSuccessor(scene: Scene): boolean {
  const { of, now, policy } = scene;
  const active = activeOf(scene);
  const isAsked =
    active === undefined || now.wall >= prepareAt(active) || isDue(active, now, policy);
  return isAsked && !of.some((authority) => isWaiting(authority, now, policy));
}

/** Whether an authority waits to become active. It may begin in a moment, by an upstream's clock. */
function isWaiting(authority: SigningAuthority, now: Moment, policy: AuthorityPolicy): boolean {
  const { status, taint, notBefore } = authority;
  return (
    (status === 'prepared' || status === 'published') &&
    taint === null &&
    isUsable(authority, Math.max(now.wall, Math.min(notBefore, now.wall + policy.skew)), policy)
  );
}
