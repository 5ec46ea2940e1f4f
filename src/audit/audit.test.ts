import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomToken } from '../base/ids.ts';
import { AuditEntry } from '../estate/index.ts';
import { AUDIT_ACTIONS, type AuditAction, auditEntryOf, withoutSecrets } from './index.ts';

const NOW = Date.UTC(2025, 2, 3);
const by = { actor: 'admin', reason: 'seen in the logs', now: NOW };

describe('an entry', () => {
  it('says who did what to what, when and why', () => {
    const entry = auditEntryOf('endpoint.assign', 'a http GET /', { owner: 'team-a' }, by);
    expect(entry).toEqual({
      at: '2025-03-03T00:00:00.000Z',
      actor: 'admin',
      action: 'endpoint.assign',
      subject: 'a http GET /',
      reason: 'seen in the logs',
      detail: { owner: 'team-a' },
    });
    expect(AuditEntry.safeParse({ sequence: 1, ...entry }).success).toBe(true);
  });

  it('holds nothing that its action does not name', () => {
    const said = { owner: 'team-a', password: randomToken(), action: 'block' };
    expect(auditEntryOf('endpoint.block', 'x', said, by).detail).toEqual({});
    expect(auditEntryOf('endpoint.undo', 'x', said, by).detail).toEqual({ action: 'block' });
  });

  it('is bounded, and plain data, whatever is said', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(AUDIT_ACTIONS) as AuditAction[])),
        fc.dictionary(
          fc.constantFrom('owner', 'until', 'values', 'template', 'action'),
          fc.anything(),
        ),
        fc.string({ unit: 'binary', maxLength: 9_000 }),
        (action, said, reason) => {
          const entry = auditEntryOf(action, 'x', JSON.parse(JSON.stringify(said)), {
            ...by,
            reason,
          });
          expect(entry.reason.length).toBeLessThanOrEqual(2_048);
          expect(JSON.parse(JSON.stringify(entry))).toEqual(entry);
        },
      ),
    );
  });

  it('takes whatever members it is given', () => {
    const { detail } = auditEntryOf('endpoint.assign', 'x', { owner: { toString: 1 } }, by);
    expect(detail).toEqual({ owner: '{"toString":1}' });
  });

  it('but a list that is longer than is kept says how much longer', () => {
    const versions = Array.from({ length: 103 }, (_, at) => at);
    const { detail } = auditEntryOf('secret.leak', 'x', { versions }, by);
    expect((detail.versions as string[]).slice(98)).toEqual(['98', '99', 'and 3 more']);
  });
});

describe('a secret that somebody writes into a reason', () => {
  const value = `a1${randomToken()}`;
  it.each([
    ['in an address', `see https://admin:${value}@db.example/x`],
    ['in a query', `curl https://api.example/?access_token=${value}`],
    ['after its name', `the password is ${value}, tell nobody`],
    ['in an assignment', `API_KEY="${value}"`],
    ['in YAML', `secret: ${value}`],
    ['in a header', `Authorization: Bearer ${value}`],
    ['with the prefix of a provider', `ghp_${value.replaceAll(/[^\w]/g, 'x')}`],
    ['with the prefix of a person’s token', `rvp_${value.replaceAll(/[^\w]/g, 'x')}`],
    ['in a token', `eyJhbGciOi.${value}.${value}`],
    ['in a key', `-----BEGIN RSA PRIVATE KEY-----\n${value}`],
  ])('is left out: %s', (_, text) => {
    const entry = auditEntryOf('endpoint.assign', 'x', { owner: text }, { ...by, reason: text });
    const core = value.replaceAll(/[^\w]/g, 'x').slice(0, 20);
    expect(JSON.stringify(entry)).not.toContain(value);
    expect(JSON.stringify(entry)).not.toContain(core);
    expect(entry.reason).toContain('…');
  });

  it.each([
    'the token service owns it',
    'its token is rotated daily',
    'until 2026-05-03, then /v2/tokens/{id} takes over',
    'basic reporting only',
  ])('and nothing else: %s', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });
});
