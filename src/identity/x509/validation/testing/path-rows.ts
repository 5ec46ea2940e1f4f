import { randomBytes } from 'node:crypto';
import { readCertificate } from '../../certificate.ts';
import { nothing, oid, sequence } from '../../der/index.ts';
import { authorityKeyId } from '../../extensions/index.ts';
import { EMPTY_NAME } from '../../name.ts';
import { forge, forgedAuthority, nameOf } from '../../testing/forge.ts';
import { algorithm, bundle, flipBit, KEYS, named, type Row } from './scene.ts';

/** Leaves that lead to no authority of their trust bundle, or must not any more. */
export const PATHS: readonly Row[] = [
  [
    'a byte of what is signed changed',
    'signature',
    'not by certificate 2',
    (s) => (s.leaf.finish = (der) => flipBit(der, der.indexOf('/sa/orders'))),
  ],
  [
    'a byte of the signature changed',
    'signature',
    'not by certificate 2',
    (s) => (s.leaf.finish = (der) => flipBit(der, der.length - 1)),
  ],
  [
    'the algorithm of another type of key',
    'signature',
    'not by certificate 2',
    algorithm(sequence(oid('1.2.840.113549.1.1.11'), nothing())),
  ],
  [
    'the signature of another key',
    'signature',
    'not by certificate 2',
    (s) => (s.leaf.signedBy = KEYS.other),
  ],
  [
    'an issuer that is signed by another key',
    'signature',
    'certificate 2 of the chain has a signature',
    (s) => (s.issuing.signedBy = KEYS.other),
  ],
  [
    'another issuer',
    'no-authority',
    'by no authority of the trust bundle of `example.org`',
    (s) => (s.leaf.issuer = nameOf('issuing 2')),
  ],
  [
    'the key id of another issuer',
    'other-key',
    'names another key',
    (s) => (s.leaf.extensions.authorityKeyId = authorityKeyId(randomBytes(20))),
  ],
  [
    'its issuer left out',
    'no-authority',
    'nor by a certificate sent',
    (s) => (s.send = (leaf) => [leaf]),
  ],
  [
    'an issuer that is known already, and signed by another key',
    'signature',
    'a known one has a signature',
    (s) => {
      s.issuing.signedBy = KEYS.other;
      const certificate = readCertificate(forge(s.issuing));
      s.how.intermediates = [{ certificate, whose: 'a known one' }];
      s.send = (leaf) => [leaf];
    },
  ],
  [
    'itself as its issuer',
    'no-authority',
    'by no authority',
    (s) => {
      s.leaf.issuer = EMPTY_NAME;
      s.leaf.signedBy = KEYS.leaf;
      s.send = (leaf) => [leaf];
    },
  ],
  [
    'a root that only came with it',
    'no-authority',
    'certificate 3 of the chain is signed by no authority',
    (s) => {
      s.send = (leaf, issuing, root) => [leaf, issuing, root];
      const foreign = forgedAuthority(KEYS.other, 'root 2', 'root 2', KEYS.other);
      s.bundles = () => [bundle('example.org', forge(foreign))];
    },
  ],
  [
    'a trust domain without bundle',
    'unknown-trust-domain',
    'trust domain `example.com`, for which',
    named('spiffe://example.com/x'),
  ],
  [
    'a trust domain whose bundle is empty',
    'empty-bundle',
    'has no authority',
    (s) => (s.bundles = () => [bundle('example.org')]),
  ],
  [
    'a bundle whose authority cannot be read',
    'empty-bundle',
    'has no authority',
    (s) => (s.bundles = (root) => [bundle('example.org', root.subarray(1))]),
  ],
  [
    'the bundle of another trust domain in place of its own',
    'unknown-trust-domain',
    'for which there is no',
    (s) => {
      s.how.bundleOf = () => bundle('example.com', forge(s.root));
    },
  ],
  [
    'the name of a trust domain that another signs for',
    'no-authority',
    'by no authority',
    (s) => {
      named('spiffe://example.com/ns/shop/sa/orders')(s);
      const foreign = forge(forgedAuthority(KEYS.other, 'root 2', 'root 2', KEYS.other));
      s.bundles = (root) => [bundle('example.org', root), bundle('example.com', foreign)];
    },
  ],
  [
    'an issuer that is tainted',
    'tainted',
    'certificate 2 of the chain is tainted',
    (s) => (s.how.isTainted = ({ subject }) => subject.equals(nameOf('issuing 1'))),
  ],
  [
    'a root that is tainted',
    'tainted',
    'authority 1 of the trust bundle of `example.org` is tainted',
    (s) => (s.how.isTainted = ({ subject }) => subject.equals(nameOf('root 1'))),
  ],
  [
    'a SPIFFE ID that is shut out',
    'denied',
    'orders`, which is shut out',
    (s) => (s.how.isDenied = ({ path }) => path === '/ns/shop/sa/orders'),
  ],
  [
    'a serial number that is revoked',
    'revoked',
    'the leaf is revoked: keyCompromise',
    (s) =>
      (s.how.revocationOf = ({ subject }) =>
        subject.equals(EMPTY_NAME) ? 'keyCompromise' : undefined),
  ],
  [
    'an issuer that is revoked',
    'revoked',
    'certificate 2 of the chain is revoked',
    (s) =>
      (s.how.revocationOf = ({ subject }) =>
        subject.equals(EMPTY_NAME) ? undefined : 'superseded'),
  ],
];
