import { sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { signingAlgorithmOf } from '../algorithms.ts';
import { authorityOf } from '../authority.ts';
import { readCertificate } from '../certificate.ts';
import {
  bitString,
  contextTag,
  element,
  integer,
  nothing,
  oid,
  sequence,
  TAG,
  time,
} from '../der/index.ts';
import { EXTENSION, extension, keyUsage } from '../extensions/index.ts';
import { brokenBytes } from '../testing/broken-bytes.ts';
import { forge, forgedAuthority, forgedLeaf, HOUR, NOW, nameOf } from '../testing/forge.ts';
import { ecKey } from '../testing/keys.ts';
import { issueCrl, REVOCATION_REASONS, readCrl, revocationByCrls } from './index.ts';
import type { RevocationReason, RevokedCertificate } from './reasons.ts';

const KEYS = { root: ecKey(), other: ecKey(), leaf: ecKey() };
const parts = forgedAuthority(KEYS.root, 'root 1', 'root 1', KEYS.root);
const root = readCertificate(forge(parts));
const authority = authorityOf(root, KEYS.root.privateKey);
const leaf = readCertificate(forge(forgedLeaf(KEYS.leaf, nameOf('root 1'), KEYS.root)));

const list = (...revoked: RevokedCertificate[]) =>
  issueCrl(authority, { number: 7n, thisUpdate: NOW, nextUpdate: NOW + HOUR, revoked });

describe('a list of revoked certificates', () => {
  it('gives back what was revoked, when and why', () => {
    const reasons = Object.keys(REVOCATION_REASONS) as RevocationReason[];
    const entry = fc.record({
      serialNumber: fc
        .uint8Array({ minLength: 1, maxLength: 19 })
        .filter(([first]) => first !== undefined && first > 0)
        .map((bytes) => Buffer.from(bytes).toString('hex')),
      revokedAt: fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1_000),
      reason: fc.constantFrom(...reasons),
    });
    const all = fc.uniqueArray(entry, { selector: (one) => one.serialNumber, maxLength: 30 });
    fc.assert(
      fc.property(all, fc.bigInt({ min: 0n, max: 2n ** 150n }), (revoked, number) => {
        const der = issueCrl(authority, {
          number,
          thisUpdate: NOW,
          nextUpdate: NOW + 1_000,
          revoked,
        });
        const crl = readCrl(der, root);
        expect(crl).toMatchObject({ number, thisUpdate: NOW, nextUpdate: NOW + 1_000 });
        const written = revoked.map(({ reason, ...one }) => ({
          ...one,
          ...(reason !== 'unspecified' && { reason }),
        }));
        expect([...crl.revoked.values()]).toEqual(written);
      }),
    );
  });

  it('finds what it revokes among certificates', () => {
    const { serialNumber } = leaf;
    const crls = [readCrl(list({ serialNumber, revokedAt: NOW, reason: 'keyCompromise' }), root)];
    const revocationOf = revocationByCrls({ crls, now: NOW });
    expect(revocationOf(leaf, root)).toBe('keyCompromise, at 2026-06-01T12:00:00.000Z');
    expect(revocationOf(root, root)).toBeUndefined();
  });

  it('counts where it is the newest, whatever the order', () => {
    const at = { thisUpdate: NOW, nextUpdate: NOW + HOUR };
    const entry = { serialNumber: leaf.serialNumber, revokedAt: NOW };
    const older = readCrl(issueCrl(authority, { ...at, number: 8n, revoked: [] }), root);
    const newer = readCrl(issueCrl(authority, { ...at, number: 9n, revoked: [entry] }), root);
    for (const crls of [
      [older, newer],
      [newer, older],
    ]) {
      expect(revocationByCrls({ crls, now: NOW })(leaf, root)).toContain('unspecified');
    }
  });

  it('answers nothing once the next one should be there, or where there is none', () => {
    const crls = [readCrl(list(), root)];
    const late = NOW + HOUR + 60_000;
    expect(revocationByCrls({ crls, now: late })(leaf, root)).toBeUndefined();
    expect(() => revocationByCrls({ crls, now: late + 1 })(leaf, root)).toThrow(
      expect.objectContaining({
        code: 'identity/crl-invalid/stale',
        message: expect.stringContaining('revoked by `CN=root 1` should have been renewed'),
      }),
    );
    expect(revocationByCrls({ crls: [], now: NOW })(leaf, root)).toBeUndefined();
    expect(() =>
      revocationByCrls({ crls: [], now: NOW, isListRequired: true })(leaf, root),
    ).toThrow(expect.objectContaining({ code: 'identity/crl-invalid/missing' }));
  });

  it.each([
    ['abc', 'is not a serial number'],
    ['', 'is not a serial number'],
    ['AB', 'is not a serial number'],
    ['ab'.repeat(21), 'is not a serial number'],
  ])('is not issued over the serial number `%s`', (serialNumber, why) => {
    expect(() => list({ serialNumber, revokedAt: NOW })).toThrow(
      expect.objectContaining({
        code: 'identity/crl-request-invalid',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('is not issued for no time', () => {
    const request = { number: 1n, thisUpdate: NOW, nextUpdate: NOW, revoked: [] };
    expect(() => issueCrl(authority, request)).toThrow(/next update is not after/);
  });
});

/** The parts of a list; a row of the table breaks one. */
interface Parts {
  version: Buffer[];
  inner: Buffer;
  issuer: Buffer;
  times: Buffer[];
  entries: Buffer[];
  extensions: Buffer[];
  maxBytes?: number;
  finish: (der: Buffer) => Buffer;
  by: typeof root;
}

const ENTRY = sequence(integer(0x77), time(NOW));
const ALGORITHM = signingAlgorithmOf(KEYS.root.privateKey)?.der ?? sequence();
const crlNumber = (value: Buffer) => extension(EXTENSION.crlNumber, false, value);

function read(change: (parts: Parts) => unknown) {
  const made: Parts = {
    version: [integer(1)],
    inner: ALGORITHM,
    issuer: nameOf('root 1'),
    times: [time(NOW), time(NOW + HOUR)],
    entries: [sequence(ENTRY)],
    extensions: [crlNumber(integer(1))],
    finish: (der) => der,
    by: root,
  };
  change(made);
  const extensions =
    made.extensions.length > 0 ? [element(contextTag(0, true), sequence(...made.extensions))] : [];
  const tbs = sequence(
    ...[...made.version, made.inner, made.issuer, ...made.times, ...made.entries, ...extensions],
  );
  const signature = bitString(sign('sha256', tbs, KEYS.root.privateKey));
  return readCrl(made.finish(sequence(tbs, ALGORITHM, signature)), made.by, made.maxBytes);
}

const entryWith = (...all: Buffer[]) => [
  sequence(sequence(integer(1), time(NOW), sequence(...all))),
];
const reason = (code: Buffer, isCritical = false) =>
  extension(EXTENSION.reasonCode, isCritical, code);
const issuerWith = (usage: Buffer) => {
  const { keyUsage: _, ...rest } = parts.extensions;
  return readCertificate(forge({ ...parts, extensions: { ...rest, usage } }));
};

describe('a list that somebody else made', () => {
  it('is read where it keeps the rules', () => {
    expect([...read(() => {}).revoked.keys()]).toEqual(['77']);
    expect(
      read(
        (p) => (p.entries = entryWith(reason(element(TAG.enumerated, Buffer.of(1)), true))),
      ).revoked.get('01')?.reason,
    ).toBe('keyCompromise');
  });

  it.each<[string, string, string, (parts: Parts) => unknown]>([
    ['more bytes than allowed', 'too-large', 'more than the 100', (p) => (p.maxBytes = 100)],
    ['version 1', 'version', 'is of version 1', (p) => (p.version = [])],
    ['version 3', 'version', 'is of version 3', (p) => (p.version = [integer(2)])],
    [
      'another algorithm inside',
      'algorithms-differ',
      'and another outside',
      (p) => (p.inner = sequence(oid('1.2.840.10045.4.3.3'))),
    ],
    [
      'another issuer',
      'other-issuer',
      'is of another issuer',
      (p) => (p.issuer = nameOf('root 2')),
    ],
    [
      'a signature of another key',
      'signature',
      'not by its issuer',
      (p) =>
        (p.by = readCertificate(
          forge(forgedAuthority(KEYS.other, 'root 1', 'root 1', KEYS.other)),
        )),
    ],
    [
      'an issuer that may not sign lists',
      'no-list-signing',
      'may not sign lists',
      (p) => (p.by = issuerWith(keyUsage('keyCertSign'))),
    ],
    [
      'a byte changed',
      'signature',
      'not by its issuer',
      (p) =>
        (p.finish = (der) => {
          const copy = Buffer.from(der);
          copy[copy.indexOf(ENTRY) + 4] = 0x78;
          return copy;
        }),
    ],
    ['no next update', 'no-next-update', 'when the next one comes', (p) => (p.times = [time(NOW)])],
    [
      'a certificate twice',
      'entry-twice',
      'a certificate twice',
      (p) => (p.entries = [sequence(ENTRY, ENTRY)]),
    ],
    ['an empty list of entries', '', 'without any', (p) => (p.entries = [sequence()])],
    ['no extensions', 'no-number', 'has no number', (p) => (p.extensions = [])],
    [
      'no number',
      'no-number',
      'has no number',
      (p) => (p.extensions = [extension('1.2.3', false, nothing())]),
    ],
    [
      'a negative number',
      'number',
      'negative or too large',
      (p) => (p.extensions = [crlNumber(element(TAG.integer, Buffer.of(0x80)))]),
    ],
    [
      'a number of 21 bytes',
      'number',
      'negative or too large',
      (p) => (p.extensions = [crlNumber(element(TAG.integer, Buffer.alloc(21, 1)))]),
    ],
    [
      'a delta',
      'critical-extension',
      '2.5.29.27',
      (p) => p.extensions.push(extension('2.5.29.27', true, integer(1))),
    ],
    [
      'certificates of others',
      'critical-extension',
      '2.5.29.29',
      (p) => (p.entries = entryWith(extension('2.5.29.29', true, sequence()))),
    ],
    [
      'a reason that there is not',
      'reason',
      'a reason that there is not',
      (p) => (p.entries = entryWith(reason(element(TAG.enumerated, Buffer.of(7))))),
    ],
    [
      'bytes behind its end',
      '',
      'something follows',
      (p) => (p.finish = (der) => Buffer.concat([der, Buffer.of(0)])),
    ],
  ])('is refused with %s', (_, code, words, change) => {
    expect(() => read(change)).toThrow(
      expect.objectContaining({
        code: code === '' ? 'identity/der-malformed' : `identity/crl-invalid/${code}`,
        message: expect.stringContaining(words),
      }),
    );
  });

  it('is refused with a Fault, whatever its bytes', () => {
    const der = list({ serialNumber: '77', revokedAt: NOW, reason: 'superseded' });
    fc.assert(
      fc.property(brokenBytes(der), (bytes) => {
        expect(() => readCrl(bytes, root)).toThrow(Fault);
      }),
      { numRuns: 300 },
    );
  });
});
