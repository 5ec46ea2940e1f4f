import { contextTag, element, nothing, sequence } from '../../der/index.ts';
import {
  CLIENT_AUTH,
  EXTENSION,
  extendedKeyUsage,
  extension,
  keyUsage,
  NAME_KIND,
  permittedUriHosts,
} from '../../extensions/index.ts';
import {
  aLongerChain,
  constraints,
  DER,
  dns,
  ID,
  names,
  pathLength,
  type Row,
  subtrees,
  uri,
} from './scene.ts';

/** Leaves whose authorities break a rule. */
export const AUTHORITIES: readonly Row[] = [
  [
    'an issuer that is no authority',
    'not-authority',
    'cA is not true',
    (s) => (s.issuing.extensions.basicConstraints = constraints(EXTENSION.basicConstraints)),
  ],
  [
    'an issuer without basic constraints',
    'not-authority',
    'cA is not true',
    (s) => delete s.issuing.extensions.basicConstraints,
  ],
  [
    'an issuer without key usage',
    'authority-key-usage-missing',
    'has no key usage',
    (s) => delete s.issuing.extensions.keyUsage,
  ],
  [
    'an issuer without keyCertSign',
    'no-cert-sign',
    'without the key usage',
    (s) => (s.issuing.extensions.keyUsage = keyUsage('cRLSign')),
  ],
  [
    'an issuer for clients only',
    'authority-usage',
    'holds for all below',
    (s) => (s.issuing.extensions.usage = extendedKeyUsage(CLIENT_AUTH)),
  ],
  [
    'an issuer that names a workload',
    'authority-names-workload',
    'names the workload',
    (s) => (s.issuing.extensions.names = names(uri(ID))),
  ],
  [
    'an issuer with an unknown critical extension',
    'critical-extension',
    'certificate 2 of the chain',
    (s) => (s.issuing.extensions.odd = extension('1.2.3.4', true, nothing())),
  ],
  [
    'a root that is no authority',
    'not-authority',
    'authority 1 of the trust bundle',
    (s) => (s.root.extensions.basicConstraints = constraints(EXTENSION.basicConstraints)),
  ],
  [
    'a root without keyCertSign',
    'no-cert-sign',
    'authority 1 of the trust bundle',
    (s) => (s.root.extensions.keyUsage = keyUsage('cRLSign')),
  ],
  [
    'more authorities than its root allows',
    'path-length',
    'allows 0 authorities below it, and 1',
    (s) => (s.root.extensions.basicConstraints = pathLength(0)),
  ],
  [
    'more authorities than one of them allows',
    'path-length',
    'allows 0 authorities below it, and 1',
    (s) => {
      s.issuing.extensions.basicConstraints = pathLength(0);
      aLongerChain(s);
    },
  ],
  [
    'a host that its issuer does not permit',
    'name-not-permitted',
    'does not permit',
    (s) => (s.issuing.extensions.limits = permittedUriHosts(['example.com'])),
  ],
  [
    'a host below the one that its issuer permits',
    'name-not-permitted',
    'does not permit',
    (s) => (s.issuing.extensions.limits = permittedUriHosts(['org'])),
  ],
  [
    'a DNS name that its root excludes',
    'name-excluded',
    '`orders.shop`, which authority 1',
    (s) =>
      (s.root.extensions.limits = constraints(EXTENSION.nameConstraints, subtrees(1, dns('shop')))),
  ],
  [
    'a name of a kind that its issuer limits oddly',
    'name-constraint-unknown',
    'an IP address',
    (s) => {
      s.leaf.extensions.names = names(
        uri(ID),
        element(contextTag(NAME_KIND.ip), Buffer.of(10, 0, 0, 1)),
      );
      s.issuing.extensions.limits = constraints(
        EXTENSION.nameConstraints,
        subtrees(0, element(contextTag(NAME_KIND.ip), Buffer.alloc(8))),
      );
    },
  ],
  [
    'a subtree of names with a minimum',
    DER,
    'something follows',
    (s) =>
      (s.issuing.extensions.limits = constraints(
        EXTENSION.nameConstraints,
        element(
          contextTag(0, true),
          sequence(uri('example.org'), element(contextTag(0), Buffer.of(0))),
        ),
      )),
  ],
  [
    'more subtrees of names than allowed',
    DER,
    'more than 100 subtrees',
    (s) => (s.issuing.extensions.limits = permittedUriHosts(Array(101).fill('example.org'))),
  ],
];
