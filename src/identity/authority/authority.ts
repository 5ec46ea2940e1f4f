import { Fault, quote } from '../../base/fault.ts';
import { Draft, toDate } from './draft.ts';
import { advance, expel, notPrepared } from './due.ts';
import { activeOf } from './life.ts';
import type {
  Asking,
  AuthorityEvent,
  AuthorityKind,
  AuthorityState,
  Moment,
  Preparation,
  PreparedAuthority,
  Step,
  TaintPace,
} from './model.ts';
import type { AuthorityPolicy } from './policy.ts';
import { type DenialRequest, deny, lift } from './revocation.ts';

/** What happens to authorities: where an event leads, and what is to be done for it. The state must be
 *  durable before effects are carried out.
 *  @throws {Fault} `identity/authority-not-found`, `identity/denials-too-many`,
 *  `identity/denial-not-found` for what people ask */
export function step(
  before: AuthorityState,
  event: AuthorityEvent,
  now: Moment,
  policy: AuthorityPolicy,
): Step {
  const draft = new Draft(before, now, policy);
  take(draft, event);
  // a key that has just been made is published by the next event: when it is durable
  if (event.event !== 'prepared') advance(draft);
  return draft.end();
}

/** A state as a process finds it that has just begun: whatever was being made is lost. */
export function resumed(state: AuthorityState): AuthorityState {
  const again = ({ isUnderWay, failures, retryAt }: Preparation): Preparation => ({
    isUnderWay: false,
    failures,
    retryAt: isUnderWay ? 0 : retryAt,
  });
  const { x509, jwt } = state.preparations;
  return { ...state, preparations: { x509: again(x509), jwt: again(jwt) } };
}

function take(draft: Draft, event: AuthorityEvent): void {
  switch (event.event) {
    case 'tick':
      break;
    case 'prepared':
      prepared(draft, event.authority);
      break;
    case 'not-prepared':
      notPrepared(draft, event.kind, event.why);
      break;
    case 'rotate':
      rotate(draft, event.kind, event.by);
      break;
    case 'taint':
      taint(draft, event.id, event.pace, event.by);
      break;
    case 'revoke':
      revoke(draft, event.denials, event.by);
      break;
    case 'lift':
      liftDenials(draft, event.ids, event.by);
  }
}

function prepared(draft: Draft, made: PreparedAuthority): void {
  const { id, kind, notAfter } = made;
  draft.add({
    ...made,
    status: 'prepared',
    preparedAt: draft.now.wall,
    publishedAt: null,
    retiredAt: null,
    removeAt: null,
    isLeaving: false,
    taint: null,
  });
  draft.setPreparation(kind, { isUnderWay: false, failures: 0, retryAt: 0 });
  draft.tell('authority.prepare', id, { kind, until: toDate(notAfter) });
}

function rotate(draft: Draft, kind: AuthorityKind, by: Asking): void {
  const active = activeOf(draft.scene(kind));
  if (active === undefined || active.isLeaving) return;
  draft.set(active.id, { isLeaving: true });
  draft.tell('authority.rotate', active.id, { kind }, by);
}

function taint(draft: Draft, id: string, pace: TaintPace, by: Asking): void {
  const authority = draft.state.authorities.find((candidate) => candidate.id === id);
  if (authority === undefined) {
    throw new Fault('identity/authority-not-found', `There is no authority ${quote(id)}`, {
      hint: 'list the authorities: it may have ended already',
    });
  }
  if (authority.taint === 'urgent' || authority.taint === pace) return;
  const { kind } = authority;
  draft.set(id, { taint: pace });
  draft.tell('authority.taint', id, { kind, pace }, by);
  if (authority.status === 'retired' && authority.taint === null) expel(draft, id, kind);
}

function revoke(draft: Draft, denials: readonly DenialRequest[], by: Asking): void {
  const { state, added } = deny(draft.state.revocation, denials, draft.now);
  for (const { deny: thing, value, why, until } of added) {
    const said = { thing, why, until: until === null ? undefined : toDate(until) };
    draft.tell('identity.deny', value, said, by);
  }
  draft.setRevocation(state);
}

function liftDenials(draft: Draft, ids: readonly string[], by: Asking): void {
  const { revocation } = draft.state;
  for (const { id, deny: thing, value } of revocation.denials) {
    if (ids.includes(id)) draft.tell('identity.lift', value, { thing }, by);
  }
  draft.setRevocation(lift(revocation, ids));
}
