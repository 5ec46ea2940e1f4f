import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyUsage, subjectAlternativeName } from '../../../src/identity/x509/extensions/index.ts';
import { authorityOf, issueCrl, readCertificate } from '../../../src/identity/x509/index.ts';
import { forge, forgedAuthority, HOUR, NOW } from '../../../src/identity/x509/testing/forge.ts';
import {
  aScene,
  ID,
  KEYS,
  type Scene,
} from '../../../src/identity/x509/validation/testing/scene.ts';
import { ReeveError } from '../error.ts';
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

const code = (expected: string) => expect.objectContaining({ name: 'Fault', code: expected });

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

  it('of one trust domain is never proved by the bundle of another', () => {
    const scene = aScene();
    scene.leaf.extensions.names = subjectAlternativeName('spiffe://example.com/x', [], true);
    const foreign = forge(forgedAuthority(KEYS.other, 'root 2', 'root 2', KEYS.other));
    scene.bundles = (root) => [
      { trustDomain: 'example.org', x509Authorities: [root], jwtAuthorities: [] },
      { trustDomain: 'example.com', x509Authorities: [foreign], jwtAuthorities: [] },
    ];
    expect(() => prove(scene)).toThrow(code('identity/certificate-invalid/no-authority'));
  });

  it('needs no intermediate that is known already', () => {
    const scene = aScene();
    const { root, issuing } = play(scene);
    const bundles = new Map([['example.org', [root]]]);
    const leaf = forge(scene.leaf);
    expect(() => new X509Trust({ bundles }).prove([leaf], NOW)).toThrow(
      code('identity/certificate-invalid/no-authority'),
    );
    const trust = new X509Trust({ bundles, intermediates: [issuing] });
    expect(trust.prove([leaf], NOW).path).toHaveLength(3);
  });

  it('that was proved once is judged by the time of now', () => {
    const { trust, chain } = play(aScene());
    const first = trust.prove(chain, NOW);
    expect(trust.prove(chain, NOW + HOUR)).toBe(first);
    expect(() => trust.prove(chain, NOW + HOUR + 61_000)).toThrow(
      code('identity/certificate-invalid/expired'),
    );
    expect(() => trust.prove(chain, NOW - HOUR - 61_000)).toThrow(
      code('identity/certificate-invalid/not-yet-valid'),
    );
  });

  it('with any byte changed is not taken for the one that was proved', () => {
    const { trust, chain } = play(aScene());
    const [der = Buffer.alloc(0), ...others] = chain;
    trust.prove(chain, NOW);
    const change = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([at, by]) => {
        const copy = Buffer.from(der);
        copy[at] = (copy[at] ?? 0) ^ by;
        expect(() => trust.prove([copy, ...others], NOW)).toThrow(ReeveError);
      }),
      { numRuns: 300 },
    );
  });

  it('is asked of the bundle of now: another trust has seen nobody', () => {
    const { trust, chain } = play(aScene());
    trust.prove(chain, NOW);
    const root = forge(forgedAuthority(KEYS.other, 'root 1', 'root 1', KEYS.other));
    const next = new X509Trust({ bundles: new Map([['example.org', [root]]]) });
    expect(() => next.prove(chain, NOW)).toThrow(code('identity/certificate-invalid/other-key'));
  });
});

describe('an authority that cannot be read', () => {
  it('is told of, and the others count', () => {
    const scene = aScene();
    const { root, chain } = play(scene);
    const bundles = new Map([['example.org', [Buffer.of(1), root]]]);
    const trust = new X509Trust({ bundles, intermediates: [Buffer.of(2)] });
    expect(trust.prove(chain, NOW).id.spiffeId).toBe(ID);
    expect(trust.flaws.map(({ message }) => message)).toEqual([
      expect.stringContaining('authority 1 of the trust bundle of `example.org`'),
      expect.stringContaining('known intermediate authority 1'),
    ]);
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
    expect(() => revoking.trust.prove(revoking.chain, NOW)).toThrow(
      code('identity/certificate-invalid/revoked'),
    );
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
    expect(() => trust.prove(chain, NOW)).toThrow(code('identity/certificate-invalid/revoked'));
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
    expect(() => trust.prove(chain, NOW + 62_000)).toThrow(code('identity/crl-invalid/stale'));
  });

  it('that its issuer signed and nobody understands refuses whatever it covers', () => {
    const scene = aScene();
    const odd = issuingCrl(scene, ['0badcafe', '0badcafe']);
    const { trust, chain } = play(scene, { crls: [odd] });
    expect(trust.flaws).toEqual([code('identity/crl-invalid/entry-twice')]);
    for (let times = 0; times < 2; times++) {
      expect(() => trust.prove(chain, NOW)).toThrow(code('identity/crl-invalid/entry-twice'));
    }
    const beside = play(scene, { crls: [odd, issuingCrl(scene, [])] });
    expect(beside.trust.prove(beside.chain, NOW).id.spiffeId).toBe(ID);
  });

  it('that cannot be read is told of', () => {
    const { trust } = play(aScene(), { crls: [Buffer.from('nothing')] });
    expect(trust.flaws).toEqual([code('identity/der-malformed')]);
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
