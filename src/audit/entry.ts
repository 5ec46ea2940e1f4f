import type { NewAuditEntry } from '../estate/index.ts';
import { withoutSecrets } from './redaction.ts';

/** Everything that the audit log tells of, with the members of each detail. */
export const AUDIT_ACTIONS = {
  'endpoint.adopt': [],
  'endpoint.assign': ['owner'],
  'endpoint.deprecate': ['until'],
  'endpoint.block': [],
  'endpoint.accept': ['until'],
  'endpoint.tag': ['sensitivity', 'criticality'],
  /** A decision no longer holds; `action` says which. */
  'endpoint.undo': ['action'],
  'template.merge': ['template'],
  'template.split': ['template', 'parameter', 'values'],
  'template.rename': ['template', 'to'],
  /** A correction no longer holds. */
  'template.undo': ['correction', 'template', 'parameter', 'values', 'to'],
  /** Of a signing authority; `until` is when it ends. */
  'authority.prepare': ['kind', 'until'],
  'authority.prepare-failed': ['kind', 'why'],
  'authority.publish': ['kind'],
  'authority.activate': ['kind'],
  'authority.rotate': ['kind'],
  'authority.retire': ['kind'],
  'authority.taint': ['kind', 'pace'],
  'authority.remove': ['kind'],
  /** Of a foreign trust domain: whose bundle is fetched from where, and what it has become. Certificates
   *  by their SHA-256, keys by their ids. */
  'federation.set': ['url', 'profile', 'endpoint'],
  'federation.remove': ['url'],
  'federation.bundle': ['origin', 'sequence', 'added', 'removed'],
  /** Of a SPIFFE ID: an SVID was issued, or was not. */
  'identity.issue': ['kind', 'service', 'serial', 'authority', 'until', 'audience'],
  'identity.refuse': ['kind', 'service', 'code', 'why'],
  /** Enforcement points refuse it from now on; `thing` says what the subject is. */
  'identity.deny': ['thing', 'why', 'until'],
  'identity.lift': ['thing'],
  /** Of a SPIFFE ID: who gets it has changed; `entry` is the id of the registration. */
  'identity.register': ['entry', 'origin', 'owner', 'selectors', 'parent', 'services'],
  'identity.update': [
    ...['entry', 'owner', 'services', 'absentSince', 'x509TtlSeconds', 'jwtTtlSeconds'],
    ...['dnsNames', 'federatesWith', 'hint', 'expiresAt'],
  ],
  'identity.retire': ['entry', 'origin', 'owner', 'services'],
  /** Of an agent's SPIFFE ID; `token` is the beginning of the token's hash. */
  'join-token.create': ['token', 'until'],
  'join-token.use': ['token', 'from'],
  'join-token.delete': ['token'],
  /** By whom a person is let in is the actor. */
  'person.add': ['roles', 'teams', 'expiresAt'],
  'person.renew': ['roles', 'teams', 'expiresAt'],
  'person.remove': [],
  /** Of a service or team that is retired. */
  'offboarding.begin': ['kind', 'services', 'digest'],
  'offboarding.verify': ['kind'],
  'offboarding.reopen': ['kind'],
  'offboarding.cancel': ['kind'],
  /** Of a value that others know. */
  'leak.report': ['fingerprint', 'where', 'opens'],
  'leak.done': ['subject'],
  /** Of a credential of the estate; with `unassign`, `owner` is who was named before. */
  'credential.assign': ['owner'],
  'credential.unassign': ['owner'],
  /** Of a secret. */
  'secret.create': ['kind', 'service', 'owner', 'consumers'],
  'secret.update': ['owner', 'consumers'],
  'secret.plan': ['rotator', 'admin', 'everySeconds', 'overlapSeconds', 'deliver'],
  'secret.put': ['version', 'previous'],
  /** A rotation: `run` names it. */
  'secret.rotate': ['run', 'why'],
  'secret.step': ['run', 'step', 'version'],
  'secret.promote': ['run', 'version', 'previous'],
  'secret.finish': ['run', 'version', 'revoked'],
  'secret.fail': ['run', 'step', 'version', 'trouble', 'problem', 'attempt', 'waits'],
  'secret.cancel': ['run', 'step'],
  'secret.retry': ['run', 'versions'],
  'secret.leak': ['versions'],
  /** `revoke` is asked for; with `revoked` the target was seen to refuse it; `abandon`: it is not, and no longer tried. */
  'secret.revoke': ['versions'],
  'secret.revoked': ['version'],
  'secret.abandon': ['version'],
  'secret.destroy': ['versions'],
  'secret.rewrap': ['versions'],
  /** What its account may do at the target is as it should be. */
  'secret.accept': ['grants'],
  'secret.remove': ['service'],
  'secret.read': ['version', 'label'],
  'secret.deny': ['label', 'why', 'count'],
  /** Of the store: rotations wait, since it seems to be older than what targets hold; or go on. */
  'secret.pause': ['why'],
  'secret.resume': [],
  /** Of an API key that Reeve has issued, by the part of it that names it. */
  'api-key.issue': ['service', 'owner', 'environments', 'scopes', 'expiresAt'],
  'api-key.revoke': ['service'],
  /** Of a secret whose public keys others verify tokens with: `kid` names the key. */
  'key-set.publish': ['kid', 'algorithm'],
  'key-set.retire': ['kid', 'until'],
  'key-set.withdraw': ['kid'],
  /** Of the vault: keys of its own, each named by what is not secret of it. */
  'vault.create': ['kek', 'revision'],
  'vault.unseal': ['kek', 'revision'],
  'vault.share': ['given', 'needed'],
  'vault.reset-shares': [],
  'vault.seal': [],
  'vault.rotate-root': ['version', 'revision'],
  'vault.retire-root': ['version', 'revision'],
  'vault.change-kek': ['from', 'kek', 'revision'],
  'vault.rewrap': ['version'],
  'vault.rewrapped': ['version', 'secrets', 'failed'],
  /** Of a role, by which users of targets are made for a while; `username` is such a user, and no secret. */
  'role.define': ['engine', 'admin', 'consumers', 'maxTtlSeconds', 'maxLifeSeconds', 'maxLeases'],
  /** It gives no more leases. */
  'role.close': ['service'],
  'role.remove': ['service'],
  'role.orphans': ['usernames'],
  /** Of a lease: `ask` before its user is made, `start` when it is handed out; `ended` when the target has no such user. */
  'lease.ask': ['role', 'service', 'spiffeId', 'username', 'until'],
  'lease.start': ['role', 'service'],
  'lease.renew': ['role', 'service', 'until'],
  'lease.end': ['role', 'service', 'why', 'problem'],
  'lease.fail': ['role', 'service', 'trouble', 'problem', 'attempt', 'waits'],
  'lease.retry': ['role', 'service'],
  'lease.ended': ['role', 'service'],
  'lease.abandon': ['role', 'service', 'username'],
  /** Of a role: somebody who asked got no lease. */
  'lease.deny': ['service', 'why'],
  /** Of an incident: what tracing saw, and what people say and do about it. */
  'incident.open': ['severity', 'from', 'to'],
  'incident.grow': ['severity', 'alert'],
  'incident.acknowledge': [],
  'incident.assign': ['assignee'],
  'incident.note': [],
  /** `learns`: how many signs are told of in another way from now on. */
  'incident.expect': ['learns'],
  'incident.condemn': ['learns'],
  'incident.resolve': [],
  'incident.reopen': [],
  /** What was learnt of it no longer holds. */
  'incident.forget': ['verdict'],
  'incident.remove': ['state'],
  /** Of an incident: an action is asked for; a step of it was done, or was refused. */
  'incident.act': ['action', 'target', 'subjects'],
  'incident.acted': ['action', 'subject', 'outcome'],
  'incident.act-failed': ['action', 'subject', 'problem'],
  /** Of a folder: what it says of guardrails and groups has changed. */
  'policy.read': ['guardrails', 'groups'],
  /** Of an edge: nobody may use it; policy alone decides about it again. */
  'policy.block-edge': ['from', 'to'],
  'policy.open-edge': [],
} as const;
export type AuditAction = keyof typeof AUDIT_ACTIONS;

const MAX_ITEMS = 100;

/** The entry of one change. Of `said`, only the members of the action's detail enter.
 *  @param now milliseconds since 1970 */
export function auditEntryOf(
  action: AuditAction,
  subject: string,
  said: Readonly<Record<string, unknown>>,
  { actor, reason, now }: { readonly actor: string; readonly reason: string; readonly now: number },
): NewAuditEntry {
  const members: readonly string[] = AUDIT_ACTIONS[action];
  const detail = members
    .filter((name) => said[name] !== undefined)
    .map((name) => [name, toPlain(said[name])]);
  return {
    at: new Date(now).toISOString(),
    actor,
    action,
    subject,
    reason: withoutSecrets(reason),
    detail: Object.fromEntries(detail),
  };
}

/** Texts, and lists of them: of a longer one, how many there are besides. */
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [kept, more] = [value.slice(0, MAX_ITEMS).map(toPlain), value.length - MAX_ITEMS];
    return more > 0 ? [...kept, `and ${more} more`] : kept;
  }
  // what has members may have one that is called `toString`
  const isObject = typeof value === 'object' && value !== null;
  return withoutSecrets(isObject ? JSON.stringify(value) : String(value));
}
