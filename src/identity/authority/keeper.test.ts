import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { openStore } from '../../estate/store/index.ts';
import { validateJwtSvid } from '../jwt/index.ts';
import { parseSpiffeId, type TrustBundle } from '../spiffe/index.ts';
import { readCertificate, readCrl, validateSvid } from '../x509/index.ts';
import { DenyIndex } from './deny-index.ts';
import type { Issuance, IssuedJwt, IssuedX509 } from './issuing/index.ts';
import type { AuthorityKeeper, AuthorityNotice } from './keeper.ts';
import { authorityId, keyFingerprint } from './key-fingerprint.ts';
import { KeyRing } from './keys/index.ts';
import { DocumentAuthorityStore } from './store/index.ts';
import { KeeperRig } from './testing/keeper.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const by = { actor: 'admin', reason: 'a laptop was stolen' };
const id = parseSpiffeId('spiffe://example.org/ns/shop/sa/orders');
const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'der',
  type: 'spki',
});
const asked = { id, service: 'production/shop/orders', by: { actor: 'agent', reason: '' } };

let rig: KeeperRig;
let keeper: AuthorityKeeper;
beforeEach(async () => {
  rig = new KeeperRig();
  keeper = await rig.open();
});

function svidOf<Svid>(answer: Issuance<Svid>): Svid {
  if (answer.outcome === 'refused') throw answer.fault;
  return answer.svid;
}
const issueX509 = (more: object = {}): IssuedX509 =>
  svidOf(keeper.issueX509({ ...asked, publicKey, ...more }));
const issueJwt = (): IssuedJwt => svidOf(keeper.issueJwt({ ...asked, audience: ['payments'] }));
const verify = (chain: readonly Buffer[], bundle: TrustBundle, now = rig.wall) =>
  validateSvid(chain, { bundleOf: () => bundle, now });
const verifyJwt = (token: string, bundle: TrustBundle) =>
  validateJwtSvid(token, { bundleOf: () => bundle, now: rig.wall, audience: ['payments'] });
const actions = () => rig.store.log.map(({ action }) => action);

describe('a keeper', () => {
  it('issues SVIDs that verify, as soon as it is open', () => {
    const svid = issueX509({ dnsNames: ['orders.shop.svc'] });
    expect(verify(svid.chain, keeper.bundle).id).toEqual(id);
    expect(svid.notAfter - rig.wall).toBe(HOUR);
    expect(svid.notBefore).toBe(rig.wall - MINUTE);
    const { token, expiresAt } = issueJwt();
    expect(verifyJwt(token, keeper.bundle).id).toEqual(id);
    expect(expiresAt - rig.wall).toBe(5 * MINUTE);
  });

  it('names the authority by its public key', () => {
    const svid = issueX509();
    const [anchor] = keeper.bundle.x509Authorities;
    expect(authorityId(readCertificate(anchor!).publicKey.spki)).toBe(svid.authority);
    const header = JSON.parse(Buffer.from(issueJwt().token.split('.')[0]!, 'base64url').toString());
    expect(header.kid).toBe(keeper.bundle.jwtAuthorities[0]?.keyId);
  });

  it('goes on with the same authorities after it was closed, or killed', async () => {
    const { chain } = issueX509();
    const before = keeper.state.authorities.map((one) => one.id);
    await keeper.close();
    const saves = rig.store.saves;
    keeper = await rig.open();
    expect(keeper.state.authorities.map((one) => one.id)).toEqual(before);
    expect(verify(chain, keeper.bundle).id).toEqual(id);
    expect(before).toContain(issueX509().authority);
    expect(rig.store.saves - saves).toBeLessThanOrEqual(1);
  });

  it('lets every SVID verify with the bundle of five minutes ago and of now, through two rotations', async () => {
    const bundles: TrustBundle[] = [];
    const held: { svid: IssuedX509; token: string; at: number }[] = [];
    for (let minute = 0; minute < 42 * 60; minute += 5) {
      bundles.push(keeper.bundle);
      held.push({ svid: issueX509(), token: issueJwt().token, at: rig.wall });
      const bundle = bundles.at(-2) ?? keeper.bundle;
      expect(verify(held.at(-1)!.svid.chain, bundle).id).toEqual(id);
      expect(verifyJwt(held.at(-1)!.token, bundle).id).toEqual(id);
      const oldest = held.find(({ at }) => at > rig.wall - HOUR);
      expect(verify(oldest!.svid.chain, keeper.bundle).id).toEqual(id);
      await rig.pass(keeper, 5 * MINUTE);
    }
    const signers = new Set(held.map(({ svid }) => svid.authority));
    expect(signers.size).toBe(3);
    expect(new Set(held.map(({ svid }) => svid.serialNumber)).size).toBe(held.length);
    const subjects = bundles.flatMap(({ x509Authorities }) =>
      x509Authorities.map((der) => readCertificate(der).subject.toString('hex')),
    );
    expect(new Set(subjects).size).toBe(4);
  });

  it('destroys the key of what is gone', async () => {
    await rig.pass(keeper, 25 * HOUR);
    const kept = await rig.store.load('example.org');
    const ids = keeper.state.authorities.map((one) => one.id);
    expect(new Set(kept?.keys.keys())).toEqual(new Set(ids));
    expect(actions()).toContain('authority.remove');
  });

  it('keeps the time once a minute where nothing else happens', async () => {
    const { saves } = rig.store;
    for (let second = 0; second < 600; second += 10) {
      rig.steady += 10_000;
      await keeper.tick();
    }
    expect(rig.store.saves - saves).toBe(10);
  });

  it('tells itself the time until it is closed', async () => {
    vi.useFakeTimers();
    try {
      keeper.start();
      keeper.start();
      const { saves } = rig.store;
      rig.steady += MINUTE;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(rig.store.saves - saves).toBe(1);
      await keeper.close();
      rig.steady += MINUTE;
      await vi.advanceTimersByTimeAsync(MINUTE);
      expect(rig.store.saves - saves).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('acts on nothing that it could not keep', async () => {
    const notices: AuthorityNotice[] = [];
    keeper.onChange((notice) => notices.push(notice));
    rig.store.fail = new Fault('estate/unavailable', 'the database is away');
    const before = keeper.state;
    const active = before.authorities[0]!.id;
    await expect(keeper.taint(active, 'urgent', by)).rejects.toMatchObject({
      code: 'estate/unavailable',
    });
    expect(keeper.state).toBe(before);
    expect(notices).toEqual([]);
    rig.store.fail = undefined;
    await keeper.taint(active, 'urgent', by);
    await keeper.settled();
    expect(notices.map(({ effect }) => effect)).toContain('publish');
  });

  it('sees what another process has changed by mistake, and changes that', async () => {
    const other = await rig.open();
    await other.rotate('jwt', by);
    await other.settled();
    await other.revoke([{ spiffeId: `${id.uri}-2`, mayReturn: false, why: 'unspecified' }], by);
    const told: AuthorityNotice[] = [];
    keeper.onChange((notice) => told.push(notice));
    await keeper.rotate('x509', by);
    expect(told.slice(0, 2)).toMatchObject([
      { effect: 'publish', sequence: 3 },
      { effect: 'deny', sequence: 1, added: [{ value: `${id.uri}-2` }] },
    ]);
    await keeper.settled();
    const statuses = keeper.state.authorities.map(({ kind, status }) => `${kind} ${status}`);
    expect(statuses.toSorted()).toEqual([
      'jwt active',
      'jwt published',
      'x509 active',
      'x509 published',
    ]);
    expect(verify(issueX509().chain, other.bundle).id).toEqual(id);
  });

  it('tells nobody of a failing listener but the log', async () => {
    const told: string[] = [];
    keeper.onChange(() => {
      throw new RangeError('a listener broke');
    });
    const end = keeper.onChange(({ effect }) => told.push(effect));
    await keeper.rotate('jwt', by);
    await keeper.settled();
    expect(told).toEqual(['publish']);
    expect(rig.warnings).toHaveLength(1);
    end();
    await rig.pass(keeper, 7 * MINUTE);
    expect(told).toHaveLength(1);
  });

  it('tries again where the upstream is away, and says why in the audit log', async () => {
    rig = new KeeperRig();
    const away = new Fault('identity/upstream-unavailable', 'the upstream is away');
    const { certify } = rig.parts;
    let isAway = true;
    keeper = await rig.open({
      certify: (wanted) => (isAway ? Promise.reject(away) : certify(wanted)),
    });
    expect(keeper.issueX509({ ...asked, publicKey })).toMatchObject({
      outcome: 'refused',
      fault: { code: 'identity/authority-unavailable' },
    });
    expect(issueJwt().id).toEqual(id);
    const failed = rig.store.log.find(({ action }) => action === 'authority.prepare-failed');
    expect(failed?.detail).toEqual({ kind: 'x509', why: 'the upstream is away' });
    expect(rig.warnings).toEqual([away]);
    isAway = false;
    await rig.pass(keeper, 2_000);
    expect(verify(issueX509().chain, keeper.bundle).id).toEqual(id);
  });

  it('cannot be opened with another key, or without the keys', async () => {
    const ring = new KeyRing([randomBytes(32)]);
    await expect(rig.open({ ring })).rejects.toMatchObject({ code: 'identity/seal-key-not-found' });
    rig = new KeeperRig();
    await rig.open();
    const kept = rig.store.kept.get('example.org')!;
    rig.store.kept.set('example.org', { ...kept, keys: new Map() });
    await expect(rig.open()).rejects.toMatchObject({ code: 'identity/authority-damaged' });
  });

  it('encrypts its keys anew where another key is to do that from now on', async () => {
    const earlier = randomBytes(32);
    rig = new KeeperRig();
    await rig.open({ ring: new KeyRing([earlier]) });
    const newest = randomBytes(32);
    keeper = await rig.open({ ring: new KeyRing([newest, earlier]) });
    await rig.pass(keeper, 2 * MINUTE);
    keeper = await rig.open({ ring: new KeyRing([newest]) });
    expect(verify(issueX509().chain, keeper.bundle).id).toEqual(id);
  });

  it('shows no private key in what it keeps', async () => {
    const text = JSON.stringify([...rig.store.kept.values()].map(({ state }) => state));
    expect(text).not.toMatch(/private|pkcs8/i);
    for (const { sealed } of rig.store.kept.get('example.org')!.keys.values()) {
      expect(sealed).toMatch(/^reeve-sealed\.v1:/);
    }
  });
});

describe("a keeper over the estate's store", () => {
  it('goes on after each opening, with what it issued and revoked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-keeper-'));
    const openEstate = () => openStore({ kind: 'sqlite', folder });
    try {
      let estate = await openEstate();
      keeper = await rig.open({ store: new DocumentAuthorityStore(estate) });
      const answer = keeper.issueX509({ ...asked, publicKey });
      await keeper.record([answer]);
      await keeper.rotate('jwt', by);
      await keeper.close();
      await estate.close();

      estate = await openEstate();
      const store = new DocumentAuthorityStore(estate);
      keeper = await rig.open({ store });
      await keeper.revoke([{ spiffeId: id.uri, mayReturn: true, why: 'superseded' }], by);
      const { denials } = keeper.state.revocation;
      expect(denials.map(({ deny, value }) => [deny, value])).toEqual([
        ['identity', id.uri],
        ['serial', svidOf(answer).serialNumber],
      ]);
      expect(keeper.bundle.jwtAuthorities).toHaveLength(2);
      expect(verify(svidOf(answer).chain, keeper.bundle).id).toEqual(id);
      expect((await store.counts()).get(asked.service)).toEqual({ x509: 1, jwt: 0, refused: 0 });
      const { items } = await estate.audit({ limit: 100 });
      const told = items.map(({ action }) => action).toReversed();
      expect(told.slice(-4)).toEqual([
        'authority.prepare',
        'authority.publish',
        'identity.deny',
        'identity.deny',
      ]);
      expect(told).toContain('identity.issue');
      await keeper.close();
      await estate.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('what is compromised', () => {
  it('is replaced at once: whoever holds what it signed fetches anew, and then it verifies nothing', async () => {
    const notices: AuthorityNotice[] = [];
    keeper.onChange((notice) => notices.push(notice));
    const stolen = issueX509();
    await keeper.taint(stolen.authority, 'urgent', by);
    await keeper.settled();
    const renewed = issueX509();
    expect(renewed.authority).not.toBe(stolen.authority);
    expect(notices).toContainEqual({ effect: 'reissue', kind: 'x509', id: stolen.authority });
    expect(verify(stolen.chain, keeper.bundle).id).toEqual(id);
    await rig.pass(keeper, rig.config.taintedReissueSeconds * 1_000);
    expect(() => verify(stolen.chain, keeper.bundle)).toThrow(Fault);
    expect(verify(renewed.chain, keeper.bundle).id).toEqual(id);
    const keys = keeper.state.revocation.denials.map(({ deny, why }) => [deny, why]);
    expect(keys).toEqual([['key', 'cACompromise']]);
    expect(actions()).toContain('authority.taint');
  });
});

describe('an identity that is revoked', () => {
  const seen = (svid: IssuedX509) => ({
    spiffeId: svid.id.uri,
    issuedAt: svid.notBefore + MINUTE,
    serial: { authority: svid.authority, value: svid.serialNumber },
    keys: [keyFingerprint(publicKey)],
  });
  const revoke = (mayReturn: boolean) =>
    keeper.revoke([{ spiffeId: id.uri, mayReturn, why: 'keyCompromise' }], by);

  it('is denied with every certificate of its, and is on the list of its authority', async () => {
    const answers = [1, 2, 3].map(() => keeper.issueX509({ ...asked, publicKey }));
    await keeper.record(answers);
    const svids = answers.map(svidOf);
    await revoke(false);
    const denied = new DenyIndex(keeper.state.revocation);
    for (const svid of svids) expect(denied.find(seen(svid))?.why).toBe('keyCompromise');
    const der = keeper.crlOf(svids[0]!.authority, 3_600);
    const [anchor] = keeper.bundle.x509Authorities;
    const crl = readCrl(der, readCertificate(anchor!));
    expect(new Set(crl.revoked.keys())).toEqual(new Set(svids.map((svid) => svid.serialNumber)));
    expect([...crl.revoked.values()][0]).toMatchObject({ reason: 'keyCompromise' });
    expect(keeper.issueX509({ ...asked, publicKey })).toMatchObject({
      outcome: 'refused',
      fault: { code: 'identity/svid-forbidden/denied' },
      entry: { action: 'identity.refuse', subject: id.uri },
      count: { service: 'production/shop/orders', what: 'refused' },
    });
    expect(keeper.issueJwt({ ...asked, audience: ['x'] }).outcome).toBe('refused');
  });

  it('returns where only what there is was stolen: with what is issued a second later', async () => {
    rig.wall += 400;
    const stolen = issueX509();
    rig.wall += 100;
    await revoke(true);
    expect(keeper.issueX509({ ...asked, publicKey }).outcome).toBe('refused');
    rig.wall += 500;
    const renewed = issueX509();
    const denied = new DenyIndex(keeper.state.revocation);
    expect(denied.find(seen(stolen))).toBeDefined();
    expect(denied.find(seen(renewed))).toBeUndefined();
  });

  it('leaves the list when all that it had has expired, or the denial is lifted', async () => {
    const answer = keeper.issueX509({ ...asked, publicKey });
    await keeper.record([answer]);
    await revoke(true);
    expect(keeper.state.revocation.denials).toHaveLength(2);
    await rig.pass(keeper, HOUR + MINUTE);
    expect(keeper.state.revocation.denials.map(({ deny }) => deny)).toEqual(['identity']);
    await rig.pass(keeper, 4 * HOUR);
    expect(keeper.state.revocation.denials).toEqual([]);
    await revoke(false);
    await rig.pass(keeper, 6 * HOUR);
    expect(keeper.state.revocation.denials).toHaveLength(1);
    await keeper.lift([keeper.state.revocation.denials[0]!.id], by);
    expect(issueX509().id).toEqual(id);
    expect(actions().filter((action) => action === 'identity.lift')).toHaveLength(1);
  });

  it('has no list where the authority is not there', () => {
    expect(() => keeper.crlOf('none', 60)).toThrow(
      expect.objectContaining({ code: 'identity/authority-not-found' }),
    );
  });
});

describe('OpenID Connect', () => {
  it('learns where the keys are, and what they sign with', async () => {
    expect(keeper.discovery()).toBeUndefined();
    rig = new KeeperRig({ jwt: { algorithm: 'RS256', issuer: 'https://id.example.org/reeve' } });
    keeper = await rig.open();
    expect(keeper.discovery()).toEqual({
      issuer: 'https://id.example.org/reeve',
      jwks_uri: 'https://id.example.org/reeve/keys',
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp'],
    });
    const { token } = issueJwt();
    const [header, claims] = token
      .split('.', 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
    const { keys } = JSON.parse(keeper.jwks());
    expect(keys).toMatchObject([{ kid: header.kid, use: 'sig', kty: 'RSA' }]);
    expect(claims.iss).toBe('https://id.example.org/reeve');
    expect(verifyJwt(token, keeper.bundle).id).toEqual(id);
  });
});
