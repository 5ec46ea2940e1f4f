import type { AuditEntry } from '../../src/estate/decision.ts';

/** What an entry of the audit log says was done. */
export function actionWords({ action }: Pick<AuditEntry, 'action'>): string {
  return ACTION_WORDS[action] ?? action;
}

/** Every action of the audit log, continuing who did it. */
export const ACTION_WORDS: Readonly<Record<string, string>> = {
  'endpoint.adopt': 'adopted',
  'endpoint.assign': 'assigned',
  'endpoint.deprecate': 'deprecated',
  'endpoint.block': 'blocked',
  'endpoint.accept': 'accepted the risk',
  'endpoint.tag': 'tagged',
  'endpoint.undo': 'took back a decision',
  'template.merge': 'merged templates',
  'template.split': 'split a template',
  'template.rename': 'renamed a template',
  'template.undo': 'took back a correction',
  'authority.prepare': 'prepared an authority',
  'authority.prepare-failed': 'could not prepare an authority',
  'authority.publish': 'published an authority',
  'authority.activate': 'let an authority sign',
  'authority.rotate': 'asked for another authority',
  'authority.retire': 'retired an authority',
  'authority.taint': 'gave up an authority',
  'authority.remove': 'removed an authority',
  'federation.set': 'federated with a trust domain',
  'federation.remove': 'ended a federation',
  'federation.bundle': 'took a bundle over',
  'identity.issue': 'issued an SVID',
  'identity.refuse': 'refused an SVID',
  'identity.deny': 'denied',
  'identity.lift': 'lifted a denial',
  'identity.register': 'registered an identity',
  'identity.update': 'changed a registration',
  'identity.retire': 'retired an identity',
  'join-token.create': 'made a join token',
  'join-token.use': 'used a join token',
  'join-token.delete': 'deleted a join token',
  'secret.create': 'created a secret',
  'secret.update': 'changed who has a secret',
  'secret.plan': 'changed how a secret is rotated',
  'secret.put': 'gave a secret another value',
  'secret.rotate': 'began to rotate a secret',
  'secret.step': 'did a step of a rotation',
  'secret.promote': 'made a new value current',
  'secret.finish': 'finished a rotation',
  'secret.fail': 'failed at a step of a secret',
  'secret.cancel': 'gave up a rotation',
  'secret.retry': 'had a secret tried again',
  'secret.leak': 'reported a secret as leaked',
  'secret.revoke': 'asked for a value to be revoked',
  'secret.revoked': 'revoked a value',
  'secret.abandon': 'abandoned a revocation',
  'secret.destroy': 'destroyed values of a secret',
  'secret.rewrap': 'encrypted the keys of a secret anew',
  'secret.remove': 'removed a secret',
  'secret.read': 'read a secret',
  'secret.deny': 'refused a secret',
  'secret.pause': 'paused rotations',
  'secret.resume': 'resumed rotations',
  'policy.read': 'read guardrails and groups that had changed',
};

/** The change itself in few words: `owner: team-orders; until: 2026-05-03`. */
export function changeWords({ detail }: Pick<AuditEntry, 'detail'>): string {
  return Object.entries(detail)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : toText(value)}`)
    .join('; ');
}

function toText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
