import { isPublished } from './bundle.ts';
import type { Draft } from './draft.ts';
import { keyFingerprint } from './key-fingerprint.ts';
import { activeOf, finished, needsSuccessor, successor } from './life.ts';
import { AUTHORITY_KINDS, type AuthorityKind, type SigningAuthority } from './model.ts';
import { AUTHORITY_BACKDATE } from './policy.ts';
import { deny, dropExpired } from './revocation.ts';

/** Authorities of one kind at most: clocks that jump to and fro make new ones each time. */
export const MAX_AUTHORITIES = 16;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 300_000;
/** How long a preparation may take before it counts as lost: longer than any upstream may. */
const PATIENCE = 120_000;

/** Does whatever is due. */
export function advance(draft: Draft): void {
  for (const kind of AUTHORITY_KINDS) {
    publish(draft, kind);
    activate(draft, kind);
    remove(draft, kind);
    prepare(draft, kind);
  }
  draft.setRevocation(dropExpired(draft.state.revocation, draft.now));
}

function publish(draft: Draft, kind: AuthorityKind): void {
  for (const { id, status, taint } of draft.scene(kind).of) {
    if (status !== 'prepared' || taint !== null) continue;
    draft.set(id, { status: 'published', publishedAt: draft.now.steady });
    draft.tell('authority.publish', id, { kind });
  }
}

function activate(draft: Draft, kind: AuthorityKind): void {
  const scene = draft.scene(kind);
  const next = successor(scene);
  if (next === undefined) return;
  const active = activeOf(scene);
  if (active) retire(draft, active);
  draft.set(next.id, { status: 'active', retiredAt: null });
  draft.tell('authority.activate', next.id, { kind });
  draft.effect({ effect: 'activated', kind, id: next.id });
}

function retire(draft: Draft, { id, kind, taint }: SigningAuthority): void {
  draft.set(id, { status: 'retired', retiredAt: draft.now.steady, isLeaving: false });
  draft.tell('authority.retire', id, { kind });
  if (taint !== null) expel(draft, id, kind);
}

/** A tainted authority that no longer signs: whoever holds what it signed is to fetch anew, and then it
 *  goes. */
export function expel(draft: Draft, id: string, kind: AuthorityKind): void {
  draft.set(id, { removeAt: draft.now.steady + draft.policy.reissue });
  draft.effect({ effect: 'reissue', kind, id });
}

function remove(draft: Draft, kind: AuthorityKind): void {
  for (const authority of finished(draft.scene(kind))) {
    const { id, taint } = authority;
    draft.remove(id);
    draft.effect({ effect: 'forget', kind, id });
    draft.tell('authority.remove', id, { kind });
    if (taint !== null && isPublished(authority)) denyKey(draft, authority);
  }
}

/** Bundles are fetched once in a while, and an upstream's anchor stays in them for other authorities:
 *  enforcement points are told of the key, which reaches them within seconds. */
function denyKey(draft: Draft, { publicKey, notAfter }: SigningAuthority): void {
  const value = keyFingerprint(publicKey);
  const until = notAfter + draft.policy.skew;
  const denial = { deny: 'key', value, why: 'cACompromise', until } as const;
  draft.setRevocation(deny(draft.state.revocation, [denial], draft.now).state);
}

function prepare(draft: Draft, kind: AuthorityKind): void {
  const scene = draft.scene(kind);
  const { failures, retryAt } = draft.state.preparations[kind];
  const { wall, steady } = draft.now;
  if (steady < retryAt || !needsSuccessor(scene)) return;
  if (scene.of.length >= MAX_AUTHORITIES) {
    notPrepared(draft, kind, `there are ${MAX_AUTHORITIES}, as many as are allowed`);
    return;
  }
  draft.setPreparation(kind, { isUnderWay: true, failures, retryAt: steady + PATIENCE });
  const notBefore = wall - AUTHORITY_BACKDATE;
  const notAfter = wall + draft.policy.lifetimes[kind].authority;
  draft.effect({ effect: 'prepare', kind, notBefore, notAfter });
}

/** Tries again later, and later each time. */
export function notPrepared(draft: Draft, kind: AuthorityKind, why: string): void {
  const failures = draft.state.preparations[kind].failures + 1;
  const wait = Math.min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY);
  const retryAt = draft.now.steady + wait;
  draft.setPreparation(kind, { isUnderWay: false, failures, retryAt });
  draft.tell('authority.prepare-failed', draft.state.trustDomain, { kind, why });
}
