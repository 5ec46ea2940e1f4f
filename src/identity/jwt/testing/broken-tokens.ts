import { sign } from 'node:crypto';
import { FORM, HEADERS } from './broken-form.ts';
import {
  BUNDLES,
  base64url,
  claim,
  header,
  ID,
  keyOf,
  NOW,
  type Row,
  SECONDS,
  signedBy,
} from './tokens.ts';

const SUBJECTS: readonly Row[] = [
  ['no sub', 'no-subject', 'has no subject', claim('sub', undefined)],
  ['a sub that is a list', 'no-subject', 'has no subject', claim('sub', [ID])],
  ['a sub that is no SPIFFE ID', 'subject', '`orders` is not a SPIFFE ID', claim('sub', 'orders')],
  ['a sub with a slash at its end', 'subject', 'ends with a slash', claim('sub', `${ID}/`)],
  [
    'the sub of a trust domain',
    'no-path',
    '`spiffe://example.org`',
    claim('sub', 'spiffe://example.org'),
  ],
  [
    'a sub of an unknown trust domain',
    'unknown-trust-domain',
    '`example.net`',
    claim('sub', 'spiffe://example.net/x'),
  ],
  [
    'a bundle of another trust domain',
    'unknown-trust-domain',
    'there is no trust bundle',
    (p) => (p.how.bundleOf = () => BUNDLES[1]),
  ],
  [
    'an unknown kid',
    'unknown-key',
    '`key 9`, which the trust domain `example.org` does not have',
    header('kid', 'key 9'),
  ],
  [
    "another domain's key",
    'unknown-key',
    '`foreign`, which the trust domain `example.org`',
    signedBy('foreign'),
  ],
  [
    "another domain's sub under one's own key",
    'unknown-key',
    'the trust domain `example.com` does not have',
    claim('sub', 'spiffe://example.com/x'),
  ],
];

const SIGNATURES: readonly Row[] = [
  [
    'a key of another type than its alg',
    'other-algorithm',
    'the key `rsa` is of type rsa',
    (p) => {
      signedBy('rsa')(p);
      p.sign = (bytes, key) => sign('sha256', bytes, key);
    },
  ],
  [
    'a key of another curve than its alg',
    'other-algorithm',
    'is on the curve secp384r1',
    signedBy('ES384'),
  ],
  [
    'a key that is too weak',
    'other-algorithm',
    'has 1024 bits',
    (p) => {
      signedBy('weak')(p);
      p.header.alg = 'RS256';
      p.sign = (bytes, key) => sign('sha256', bytes, key);
    },
  ],
  [
    'the signature of another key',
    'signature',
    'not signed with the key `ES256`',
    (p) => (p.key = keyOf('foreign').privateKey),
  ],
  [
    'a signature in DER',
    'signature',
    'not signed with the key',
    (p) => (p.sign = (bytes, key) => sign('sha256', bytes, key)),
  ],
  [
    'a signature of zeros',
    'signature',
    'not signed with the key',
    (p) => (p.sign = () => Buffer.alloc(64)),
  ],
  ['no signature', 'signature', 'not signed with the key', (p) => (p.sign = () => Buffer.alloc(0))],
  [
    'PS256 signed as RS256',
    'signature',
    'not signed with the key',
    (p) => {
      signedBy('rsa')(p);
      p.header.alg = 'PS256';
      p.sign = (bytes, key) => sign('sha256', bytes, key);
    },
  ],
  [
    'claims changed after signing',
    'signature',
    'not signed with the key',
    (p) =>
      (p.finish = (t) => {
        const [a, , c] = t.split('.');
        return `${a}.${base64url(JSON.stringify({ ...p.claims, exp: SECONDS + 9_999 }))}.${c}`;
      }),
  ],
];

const CLAIMS: readonly Row[] = [
  ['no aud', 'no-audience', 'has no audience', claim('aud', undefined)],
  ['an empty list as aud', 'no-audience', 'has no audience', claim('aud', [])],
  ['an aud that is a number', 'audience-malformed', 'no text of 1 to 2048', claim('aud', 7)],
  [
    'an aud that is empty',
    'audience-malformed',
    'no text of 1 to 2048',
    claim('aud', ['payments', '']),
  ],
  [
    'an aud that is too long',
    'audience-malformed',
    'no text of 1 to 2048',
    claim('aud', ['payments', 'a'.repeat(2_049)]),
  ],
  [
    'too many auds',
    'too-many-audiences',
    'has 65 audiences',
    claim('aud', Array(65).fill('payments')),
  ],
  [
    'another aud',
    'other-audience',
    'is for `stock`, and not for `spiffe://example.org/ns/shop/sa/payments` or `payments`',
    claim('aud', 'stock'),
  ],
  ['an aud in other letters', 'other-audience', 'is for `Payments`', claim('aud', ['Payments'])],
  [
    'a verifier that is nobody',
    'other-audience',
    'names no audience',
    (p) => (p.how.audience = []),
  ],
  ['no exp', 'no-expiry', 'never expires', claim('exp', undefined)],
  ['an exp in words', 'time-malformed', '(exp)', claim('exp', `${SECONDS + 300}`)],
  ['a negative exp', 'time-malformed', '(exp)', claim('exp', -1)],
  ['an exp in milliseconds', 'time-malformed', '(exp)', claim('exp', NOW + 300_000)],
  ['an exp a minute ago', 'expired', 'expired at 2026-06-01T11:59:00', claim('exp', SECONDS - 60)],
  [
    'an nbf more than a minute ahead',
    'not-yet-valid',
    'begins at 2026-06-01T12:01:01',
    claim('nbf', SECONDS + 61),
  ],
  [
    'an iat more than a minute ahead',
    'issued-later',
    'in the future, at 2026-06-01T12:01:01',
    claim('iat', SECONDS + 61),
  ],
  ['an iat in words', 'time-malformed', '(iat)', claim('iat', 'now')],
  [
    'a workload that is shut out',
    'denied',
    'which is shut out',
    (p) => (p.how.isDenied = ({ path }) => path === '/ns/shop/sa/orders'),
  ],
];
/** Tokens that break one rule each. */
export const BROKEN_TOKENS: readonly Row[] = [
  ...FORM,
  ...HEADERS,
  ...SUBJECTS,
  ...SIGNATURES,
  ...CLAIMS,
];
