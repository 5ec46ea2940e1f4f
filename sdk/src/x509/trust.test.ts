import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boolean, time } from '../../../src/identity/x509/der/index.ts';
import {
  EXTENSION,
  extension,
  keyUsage,
  subjectAlternativeName,
} from '../../../src/identity/x509/extensions/index.ts';
import { authorityOf, issueCrl, readCertificate } from '../../../src/identity/x509/index.ts';
import {
  forge,
  forgedAuthority,
  forgedLeaf,
  HOUR,
  NOW,
  nameOf,
} from '../../../src/identity/x509/testing/forge.ts';
import { ecKey, rsaKey } from '../../../src/identity/x509/testing/keys.ts';
import {
  aLongerChain,
  aScene,
  constraints,
  ID,
  KEYS,
  leafKey,
  pathLength,
  type Scene,
  usage,
} from '../../../src/identity/x509/validation/testing/scene.ts';
import { ReeveError } from '../error.ts';
import { BROKEN } from './testing/broken.ts';
import { type TrustMaterial, X509Trust } from './trust.ts';

/** The scene as a peer sends it, and what is trusted in it. */
function play(scene: Scene, more: Partial<TrustMaterial> = {}) {
  const [leaf, issuing, root] = [forge(scene.leaf), forge(scene.issuing), forge(scene.root)];
  const bundles = new Map(
    scene.bundles(root).map(({ trustDomain, x509Authorities }) => [trustDomain, x509Authorities]),
  );
  const trust = new X509Trust({ bundles, ...more });
  return { trust, chain: scene.send(leaf, issuing, root), issuing, root };
}

function prove(scene: Scene, now = NOW) {
  const { trust, chain } = play(scene);
  return trust.prove(chain, now);
}

const code = (expected: string) => expect.objectContaining({ name: 'ReeveError', code: expected });

describe('an X.509-SVID', () => {
  it('that keeps every rule proves who its holder is, and until when', () => {
    const peer = prove(aScene());
    expect(peer.id).toEqual({
      spiffeId: ID,
      trustDomain: 'example.org',
      path: '/ns/shop/sa/orders',
    });
    expect(peer.path).toHaveLength(3);
    expect(peer.expiresAt).toBe(NOW + HOUR);
  });

  it.each(BROKEN)('with %s is refused', (_, expected, change) => {
    const scene = aScene();
    change(scene);
    expect(() => prove(scene)).toThrow(code(expected));
  });

  it('can break more than seventy rules, and each has a code of its own', () => {
    const codes = BROKEN.map(([, expected]) => expected);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.length).toBeGreaterThan(70);
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
      (s) => (s.leaf.extensions.odd = extension('1.2.3.4', false, Buffer.of(5, 0))),
    ],
    [
      'with FALSE spelt out',
      (s) =>
        (s.leaf.extensions.basicConstraints = constraints(
          EXTENSION.basicConstraints,
          boolean(false),
        )),
    ],
    ['with keyEncipherment beside', (s) => (s.leaf.extensions.keyUsage = usage(true, 0, 2, 4))],
    ['with a key of RSA', leafKey(rsaKey())],
    ['with its root sent too', (s) => (s.send = (leaf, issuing, root) => [leaf, issuing, root])],
    [
      'with its chain out of order',
      (s) => {
        const stranger = forge(forgedAuthority(KEYS.other, 'root 2', 'root 2', KEYS.other));
        s.send = (leaf, issuing) => [leaf, stranger, issuing];
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
  ])('%s is valid', (_, change) => {
    const scene = aScene();
    change(scene);
    expect(prove(scene).id.spiffeId).toBe(ID);
  });

  it('is valid under roots of every kind of key', () => {
    for (const root of [ecKey('P-384'), ecKey('P-521'), rsaKey()]) {
      expect(prove(aScene({ ...KEYS, root, issuing: ecKey('P-384') })).path).toHaveLength(3);
    }
  });

  it('of one trust domain is never proved by the bundle of another', () => {
    const scene = aScene();
    scene.leaf.extensions.names = subjectAlternativeName('spiffe://example.com/x', [], true);
    const foreign = forge(forgedAuthority(KEYS.other, 'root 2', 'root 2', KEYS.other));
    scene.bundles = (root) => [
      { trustDomain: 'example.org', x509Authorities: [root], jwtAuthorities: [] },
      { trustDomain: 'example.com', x509Authorities: [foreign], jwtAuthorities: [] },
    ];
    expect(() => prove(scene)).toThrow(code('certificate/no-authority'));
  });

  it('needs no intermediate that is known already', () => {
    const scene = aScene();
    const { root, issuing } = play(scene);
    const bundles = new Map([['example.org', [root]]]);
    const leaf = forge(scene.leaf);
    expect(() => new X509Trust({ bundles }).prove([leaf], NOW)).toThrow(
      code('certificate/no-authority'),
    );
    const trust = new X509Trust({ bundles, intermediates: [issuing] });
    expect(trust.prove([leaf], NOW).path).toHaveLength(3);
  });

  it('that was proved once is judged by the time of now', () => {
    const { trust, chain } = play(aScene());
    const first = trust.prove(chain, NOW);
    expect(trust.prove(chain, NOW + HOUR)).toBe(first);
    expect(() => trust.prove(chain, NOW + HOUR + 61_000)).toThrow(code('certificate/expired'));
    expect(() => trust.prove(chain, NOW - HOUR - 61_000)).toThrow(
      code('certificate/not-yet-valid'),
    );
  });

  it('with any byte changed is refused with a ReeveError', () => {
    const scene = aScene();
    const der = forge(scene.leaf);
    const change = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([at, by]) => {
        const copy = Buffer.from(der);
        copy[at] = (copy[at] ?? 0) ^ by;
        scene.leaf.finish = () => copy;
        expect(() => prove(scene)).toThrow(ReeveError);
      }),
      { numRuns: 300 },
    );
  });

  it('of any bytes is refused with a ReeveError', () => {
    const trust = new X509Trust({ bundles: new Map() });
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 3 }), (chain) => {
        expect(() => trust.prove(chain, NOW)).toThrow(ReeveError);
      }),
    );
  });
});

describe('a list of revoked certificates', () => {
  const issuingCrl = (scene: Scene, serials: string[], change: { next?: number } = {}) => {
    const issuing = authorityOf(readCertificate(forge(scene.issuing)), KEYS.issuing.privateKey);
    return issueCrl(issuing, {
      number: 1n,
      thisUpdate: NOW - 2 * HOUR,
      nextUpdate: change.next ?? NOW + HOUR,
      revoked: serials.map((serialNumber) => ({ serialNumber, revokedAt: NOW - HOUR })),
    });
  };
  const leafSerial = (scene: Scene) => readCertificate(forge(scene.leaf)).serialNumber;

  it('refuses the certificates in it, and no others', () => {
    const scene = aScene();
    const revoking = play(scene, { crls: [issuingCrl(scene, [leafSerial(scene)])] });
    expect(() => revoking.trust.prove(revoking.chain, NOW)).toThrow(code('certificate/revoked'));
    const other = play(scene, { crls: [issuingCrl(scene, ['0badcafe'])] });
    expect(other.trust.prove(other.chain, NOW).id.spiffeId).toBe(ID);
  });

  it('revokes intermediate authorities, too', () => {
    const scene = aScene();
    const root = authorityOf(readCertificate(forge(scene.root)), KEYS.root.privateKey);
    const { serialNumber } = readCertificate(forge(scene.issuing));
    const revoked = [{ serialNumber, revokedAt: NOW }];
    const crl = issueCrl(root, { number: 1n, thisUpdate: NOW, nextUpdate: NOW + HOUR, revoked });
    const { trust, chain } = play(scene, { crls: [crl] });
    expect(() => trust.prove(chain, NOW)).toThrow(code('certificate/revoked'));
  });

  it('that its issuer did not sign revokes nothing', () => {
    const scene = aScene();
    const crl = issuingCrl(scene, [leafSerial(scene)]);
    crl[crl.length - 1] = (crl.at(-1) ?? 0) ^ 1;
    const { trust, chain } = play(scene, { crls: [crl] });
    expect(trust.prove(chain, NOW).id.spiffeId).toBe(ID);
  });

  it('of an authority that may not sign lists revokes nothing', () => {
    const scene = aScene();
    const crl = issuingCrl(scene, [leafSerial(scene)]);
    scene.issuing.extensions.keyUsage = keyUsage('keyCertSign');
    const { trust, chain } = play(scene, { crls: [crl] });
    expect(trust.prove(chain, NOW).id.spiffeId).toBe(ID);
  });

  it('is asked in its newest number', () => {
    const scene = aScene();
    const issuing = authorityOf(readCertificate(forge(scene.issuing)), KEYS.issuing.privateKey);
    const newer = { number: 2n, thisUpdate: NOW, nextUpdate: NOW + HOUR, revoked: [] };
    const crls = [issuingCrl(scene, [leafSerial(scene)]), issueCrl(issuing, newer)];
    const { trust, chain } = play(scene, { crls });
    expect(trust.prove(chain, NOW).id.spiffeId).toBe(ID);
  });

  it('whose next update is past refuses whatever it covers', () => {
    const scene = aScene();
    const crls = [issuingCrl(scene, [], { next: NOW + 1_000 })];
    const { trust, chain } = play(scene, { crls });
    expect(trust.prove(chain, NOW).id.spiffeId).toBe(ID);
    expect(() => trust.prove(chain, NOW + 62_000)).toThrow(code('crl/stale'));
  });

  it('that cannot be read is told of', () => {
    const { trust } = play(aScene(), { crls: [Buffer.from('nothing')] });
    expect(trust.flaws).toEqual([code('der/type')]);
  });

  it('of any bytes is told of, or read', () => {
    const crl = issuingCrl(aScene(), ['0badcafe']);
    const change = fc.tuple(fc.nat(crl.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([at, by]) => {
        const copy = Buffer.from(crl);
        copy[at] = (copy[at] ?? 0) ^ by;
        for (const flaw of play(aScene(), { crls: [copy] }).trust.flaws) {
          expect(flaw).toBeInstanceOf(ReeveError);
        }
      }),
      { numRuns: 100 },
    );
  });
});
