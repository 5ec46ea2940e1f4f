import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { signatureAlgorithmOf } from '../algorithms.ts';
import { readCertificate } from '../certificate.ts';
import { boolean, contextTag, element, nothing, time } from '../der/index.ts';
import {
  CLIENT_AUTH,
  EXTENSION,
  extendedKeyUsage,
  extension,
  NAME_KIND,
  permittedUriHosts,
  SERVER_AUTH,
  subjectAlternativeName,
} from '../extensions/index.ts';
import { EMPTY_NAME } from '../name.ts';
import { forge, forgedAuthority, forgedLeaf, HOUR, NOW, nameOf } from '../testing/forge.ts';
import { ecKey, rsaKey } from '../testing/keys.ts';
import { AUTHORITIES } from './testing/authority-rows.ts';
import { ENCODING } from './testing/encoding-rows.ts';
import { KEYS_OF_LEAVES, NAMES, TIMES, USAGES } from './testing/leaf-rows.ts';
import { PATHS } from './testing/path-rows.ts';
import {
  aLongerChain,
  aScene,
  bundle,
  constraints,
  ID,
  KEYS,
  leafKey,
  pathLength,
  REASON,
  type Scene,
  subtrees,
  usage,
  validate,
} from './testing/scene.ts';
import { validateSvid } from './validate.ts';

const ROWS = [
  ...ENCODING,
  ...TIMES,
  ...NAMES,
  ...USAGES,
  ...KEYS_OF_LEAVES,
  ...AUTHORITIES,
  ...PATHS,
];

describe('an X.509-SVID', () => {
  it('that keeps every rule is valid, and says who it is and until when', () => {
    const svid = validate(aScene());
    expect(svid.id.uri).toBe(ID);
    expect(svid.path.map(({ subject }) => subject)).toEqual([
      EMPTY_NAME,
      nameOf('issuing 1'),
      nameOf('root 1'),
    ]);
    expect(svid.expiresAt).toBe(NOW + HOUR);
  });

  it.each(ROWS)('with %s is refused', (_, code, words, change) => {
    const scene = aScene();
    change(scene);
    expect(() => validate(scene)).toThrow(
      expect.objectContaining({
        code: code.includes('/') ? code : REASON + code,
        message: expect.stringContaining(words),
      }),
    );
  });

  it('is tried in more than forty ways', () => {
    expect(new Set(ROWS.map(([broken]) => broken)).size).toBe(ROWS.length);
    expect(new Set(ROWS.map(([, code]) => code)).size).toBeGreaterThan(40);
  });

  it.each<[string, (scene: Scene) => void]>([
    ['that ended a minute ago', (s) => (s.leaf.notAfter = time(NOW - 60_000))],
    ['that begins in a minute', (s) => (s.leaf.notBefore = time(NOW + 60_000))],
    ['without basic constraints', (s) => delete s.leaf.extensions.basicConstraints],
    ['without extended key usage', (s) => delete s.leaf.extensions.extendedKeyUsage],
    ['without key identifiers', (s) => delete s.leaf.extensions.authorityKeyId],
    [
      'with a subject and names that are not critical',
      (s) => {
        s.leaf.subject = nameOf('orders');
        s.leaf.extensions.names = subjectAlternativeName(ID, [], false);
      },
    ],
    [
      'with an unknown extension that is not critical',
      (s) => (s.leaf.extensions.odd = extension('1.2.3.4', false, nothing())),
    ],
    [
      'with FALSE spelt out',
      (s) =>
        (s.leaf.extensions.basicConstraints = constraints(
          EXTENSION.basicConstraints,
          boolean(false),
        )),
    ],
    [
      'with keyEncipherment and keyAgreement beside',
      (s) => (s.leaf.extensions.keyUsage = usage(true, 0, 2, 4)),
    ],
    ['with a key of RSA', leafKey(rsaKey())],
    ['with a key on P-384', leafKey(ecKey('P-384'))],
    ['with its root sent too', (s) => (s.send = (leaf, issuing, root) => [leaf, issuing, root])],
    [
      'with its chain out of order',
      (s) => {
        const stranger = forge(forgedAuthority(KEYS.other, 'root 2', 'root 2', KEYS.other));
        s.send = (leaf, issuing) => [leaf, stranger, issuing];
      },
    ],
    [
      'whose issuer is known already, and was not sent',
      (s) => {
        const certificate = readCertificate(forge(s.issuing));
        s.how.intermediates = [{ certificate, whose: 'known' }];
        s.send = (leaf) => [leaf];
      },
    ],
    ['with two issuers in between', aLongerChain],
    [
      'whose issuer certified its own new key, which counts for no path length',
      (s) => {
        s.root.extensions.basicConstraints = pathLength(1);
        const renewed = forgedAuthority(KEYS.other, 'issuing 1', 'issuing 1', KEYS.issuing);
        s.leaf = forgedLeaf(KEYS.leaf, nameOf('issuing 1'), KEYS.other);
        s.send = (leaf, issuing) => [leaf, forge(renewed), issuing];
      },
    ],
    [
      'with as many issuers as its root allows',
      (s) => (s.root.extensions.basicConstraints = pathLength(1)),
    ],
    [
      'whose issuer is in the bundle',
      (s) => {
        s.bundles = () => [bundle('example.org', forge(s.issuing))];
        s.send = (leaf) => [leaf];
      },
    ],
    [
      'whose bundle has another root of the same name',
      (s) => {
        const same = forgedAuthority(KEYS.other, 'root 1', 'root 1', KEYS.other);
        delete same.extensions.subjectKeyId;
        s.bundles = (root) => [bundle('example.org', Buffer.of(1), forge(same), root)];
      },
    ],
    [
      'whose host its issuer permits',
      (s) => (s.issuing.extensions.limits = permittedUriHosts(['example.org'])),
    ],
    [
      'whose host lies in a domain that its issuer permits',
      (s) => (s.issuing.extensions.limits = permittedUriHosts(['.org', 'example.com'])),
    ],
    [
      'whose issuer limits names that it has not',
      (s) =>
        (s.issuing.extensions.limits = constraints(
          EXTENSION.nameConstraints,
          subtrees(0, element(contextTag(NAME_KIND.ip), Buffer.alloc(8))),
        )),
    ],
    [
      'whose issuer is for servers and clients',
      (s) => (s.issuing.extensions.usage = extendedKeyUsage(CLIENT_AUTH, SERVER_AUTH)),
    ],
  ])('%s is valid', (_, change) => {
    const scene = aScene();
    change(scene);
    expect(validate(scene).id.uri).toBe(ID);
  });

  it('is valid under roots of every kind of key', () => {
    for (const root of [ecKey('P-384'), ecKey('P-521'), rsaKey()]) {
      const scene = aScene({ ...KEYS, root, issuing: ecKey('P-384') });
      expect(validate(scene).path).toHaveLength(3);
      expect(signatureAlgorithmOf(scene.root.innerAlgorithm)).toBeDefined();
    }
  });

  it('costs a bounded number of signatures, however many roots have one name', () => {
    const scene = aScene();
    const same = () => {
      const parts = forgedAuthority(KEYS.other, 'root 1', 'root 1', KEYS.other);
      delete parts.extensions.subjectKeyId;
      return forge(parts);
    };
    scene.bundles = (root) => [bundle('example.org', ...Array.from({ length: 40 }, same), root)];
    expect(() => validate(scene)).toThrow(
      expect.objectContaining({ code: `${REASON}too-many-paths` }),
    );
  });

  it('with any byte changed is refused with a Fault, or is the same workload', () => {
    const scene = aScene();
    const der = forge(scene.leaf);
    const change = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        scene.leaf.finish = () => {
          const copy = Buffer.from(der);
          for (const [at, by] of changes) copy[at] = (copy[at] ?? 0) ^ by;
          return copy;
        };
        try {
          // Changes may undo each other; signatures have more than one encoding of nothing else.
          expect(validate(scene).leaf.der.equals(der)).toBe(true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of any bytes is refused with a Fault', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 3 }), (chain) => {
        const how = { bundleOf: () => undefined, now: NOW };
        expect(() => validateSvid(chain, how)).toThrow(Fault);
      }),
    );
  });
});
