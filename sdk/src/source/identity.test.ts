import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReeveError } from '../error.ts';
import { TrustDomain } from '../testing/trust-domain.ts';
import type { RawX509Svid, X509SvidResponse } from '../workload-api/index.ts';
import { identityOf, identityOfResponse, usableIdentity } from './identity.ts';
import { readSvid, type X509Svid } from './svid.ts';

const code = (expected: string) => expect.objectContaining({ name: 'Fault', code: expected });

let domain: TrustDomain;
let orders: X509Svid;
let raw: RawX509Svid;
beforeEach(() => {
  domain = new TrustDomain('example.org');
  orders = domain.issue('/orders');
  raw = rawOf(orders, 'internal');
});

const rawOf = (svid: X509Svid, hint: string): RawX509Svid => ({
  spiffeId: svid.spiffeId,
  chain: Buffer.concat(svid.chain),
  privateKey: svid.privateKey.export({ format: 'der', type: 'pkcs8' }),
  bundle: Buffer.concat(domain.authorities),
  hint,
});

const otherKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'der',
    type: 'pkcs8',
  });

describe('an X.509-SVID of the Workload API', () => {
  it('is read with its key, and says until when it holds', () => {
    const svid = readSvid(raw);
    expect(svid).toMatchObject({
      spiffeId: 'spiffe://example.org/orders',
      trustDomain: 'example.org',
      path: '/orders',
      hint: 'internal',
      serialNumber: orders.serialNumber,
      expiresAt: orders.expiresAt,
    });
    expect(svid.chain).toHaveLength(2);
  });

  it.each<[string, string, () => Partial<RawX509Svid>]>([
    ['without a certificate', 'svid/empty', () => ({ chain: Buffer.alloc(0) })],
    ['with bytes that are none', 'identity/der-malformed', () => ({ chain: Buffer.from('leaf') })],
    [
      'of another SPIFFE ID',
      'svid/other-id',
      () => ({ spiffeId: 'spiffe://example.org/payments' }),
    ],
    ['with another key', 'svid/other-key', () => ({ privateKey: otherKey() })],
    ['with a key that is none', 'svid/key-malformed', () => ({ privateKey: Buffer.from('key') })],
    [
      'of an authority',
      'identity/certificate-invalid/leaf-is-authority',
      () => ({ chain: domain.root.certificate.der }),
    ],
  ])('%s is refused, and its key is not told', (_, expected, change) => {
    expect(() => readSvid({ ...raw, ...change() })).toThrow(code(expected));
  });
});

describe('an identity', () => {
  let flaws: ReeveError[];
  const answer = (svids: readonly RawX509Svid[], change: Partial<X509SvidResponse> = {}) => ({
    svids,
    crls: [],
    federated: new Map<string, Buffer>(),
    ...change,
  });
  const read = (response: X509SvidResponse) =>
    identityOfResponse(response, (flaw) => flaws.push(flaw));
  beforeEach(() => {
    flaws = [];
  });

  it('has the bundles of its own trust domain and of those it is federated with', () => {
    const foreign = new TrustDomain('other.example');
    const federated = new Map([['other.example', Buffer.concat(foreign.authorities)]]);
    const identity = read(answer([raw], { federated }));
    expect([...identity.bundles]).toEqual([
      ['other.example', foreign.authorities],
      ['example.org', domain.authorities],
    ]);
    const peer = foreign.issue('/billing');
    expect(identity.trust.prove(peer.chain, Date.now()).id.path).toBe('/billing');
    expect(flaws).toEqual([]);
  });

  it('leaves out what is unusable, and tells of it', () => {
    const broken = { ...raw, privateKey: otherKey() };
    const { svid, svids } = read(answer([broken, raw], { crls: [Buffer.from('no list')] }));
    expect(svid.spiffeId).toBe('spiffe://example.org/orders');
    expect(svids).toHaveLength(1);
    expect(flaws).toEqual([code('svid/other-key'), code('identity/der-malformed')]);
  });

  it('is none without a usable SVID', () => {
    expect(() => read(answer([]))).toThrow(code('svid/none'));
    expect(() => read(answer([{ ...raw, privateKey: otherKey() }]))).toThrow(
      code('svid/other-key'),
    );
  });

  it('is shown as the SVID that is picked', () => {
    const payments = domain.issue('/payments');
    const parts = { svids: [orders, payments], bundles: new Map() };
    expect(identityOf(parts).svid).toBe(orders);
    expect(identityOf({ ...parts, pick: ([, second]) => second }).svid).toBe(payments);
    expect(() => identityOf({ ...parts, pick: () => undefined })).toThrow(code('svid/not-picked'));
  });

  it('proves peers that leave out an intermediate that it has itself', () => {
    const identity = identityOf({
      svids: [orders],
      bundles: new Map([['example.org', domain.authorities]]),
    });
    const [leaf] = domain.issue('/payments').chain;
    expect(identity.trust.prove(leaf ? [leaf] : [], Date.now()).path).toHaveLength(3);
  });

  it('is usable until its SVID expires', () => {
    const source = { identity: identityOf({ svids: [orders], bundles: new Map() }) };
    const events = { on: () => {}, off: () => {} };
    const end = orders.expiresAt.getTime();
    expect(usableIdentity({ ...source, ...events }, end).svid).toBe(orders);
    expect(() => usableIdentity({ ...source, ...events }, end + 1)).toThrow(code('svid/expired'));
    expect(() => usableIdentity({ identity: undefined, ...events }, end)).toThrow(
      code('svid/not-ready'),
    );
  });
});
