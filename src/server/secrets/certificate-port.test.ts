import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthorityKeeper } from '../../identity/authority/index.ts';
import { KeeperRig } from '../../identity/authority/testing/keeper.ts';
import { type Entry, EntryIndex } from '../../identity/registration/index.ts';
import { readCertificate, readCrl } from '../../identity/x509/index.ts';
import type { SecretValue } from '../../secrets/model/index.ts';
import { walkKills } from '../../secrets/rotation/testing/walk.ts';
import { START, World, type WorldTarget } from '../../secrets/rotation/testing/world.ts';
import { failureOf, stepOf } from '../../secrets/rotators/testing/step.ts';
import { X509Rotation, x509Rotator } from '../../secrets/rotators/x509/index.ts';
import { certificatePort } from './certificate-port.ts';

const ID = 'spiffe://example.org/ns/shop/sa/orders';
const BY = { actor: 'ada', reason: 'a test' };
const DAY = 86_400;
const ENTRY: Entry = {
  ...{ id: 'entry', spiffeId: ID, owner: null, parent: null, selectors: ['k8s:ns:shop'] },
  ...{ x509TtlSeconds: 7_200, jwtTtlSeconds: 300, dnsNames: ['orders.shop.svc', 'orders'] },
  ...{ federatesWith: [], hint: '', expiresAt: null, services: ['production/shop/orders'] },
  ...{ origin: 'automatic', absentSince: null, createdBy: 'reeve' },
  createdAt: new Date(START).toISOString(),
};
/** Authorities that outlive what happens here. */
const LONG = { x509: { authorityTtlSeconds: 3_650 * DAY } };

let rig: KeeperRig;
let keeper: AuthorityKeeper;
beforeEach(async () => {
  rig = await newRig();
  keeper = await rig.open();
});

async function newRig(): Promise<KeeperRig> {
  const made = new KeeperRig(LONG);
  made.wall = START;
  return made;
}

function rotatorOf(entries: readonly Entry[] = [ENTRY]) {
  const registrar = { index: new EntryIndex(entries) };
  return x509Rotator(certificatePort({ keeper, registrar, clock: () => rig.wall }));
}
const settings = (said: object = {}) => X509Rotation.parse({ spiffeId: ID, ...said });
const step = (said: object = {}, values = {}) => ({
  ...stepOf(settings(said), values),
  now: rig.wall,
});
async function make(said: object = {}, entries?: readonly Entry[]): Promise<SecretValue> {
  return (await rotatorOf(entries).obtain?.(step(said), {})) ?? {};
}
const leafOf = ({ certificate = '' }: SecretValue) => new X509Certificate(certificate);

describe('a certificate for a service', () => {
  it('is of the identity, under the names and for the time that are registered', async () => {
    const value = await make();
    await rotatorOf().test(step(), value);
    const leaf = leafOf(value);
    expect(leaf.subjectAltName).toBe(`URI:${ID}, DNS:orders.shop.svc, DNS:orders`);
    expect(leaf.validToDate.getTime()).toBe(START + 7_200_000);
    expect(rig.store.log.at(-1)).toMatchObject({
      ...{ action: 'identity.issue', subject: ID, actor: 'reeve' },
      detail: { service: 'production/shop/orders', serial: leaf.serialNumber.toLowerCase() },
    });
  });

  it('may have fewer names and end earlier, and not later', async () => {
    const leaf = leafOf(await make({ dnsNames: ['orders'], ttlSeconds: 600 }));
    expect(leaf.subjectAltName).toBe(`URI:${ID}, DNS:orders`);
    expect(leaf.validToDate.getTime()).toBe(START + 600_000);
    expect(leafOf(await make({ ttlSeconds: DAY })).validToDate.getTime()).toBe(START + 7_200_000);
  });

  it.each<[string, object, readonly Entry[]]>([
    ['an identity of another service', {}, [{ ...ENTRY, services: ['production/shop/payments'] }]],
    ['an identity that nobody has', {}, []],
    ['a registration that is over', {}, [{ ...ENTRY, expiresAt: ENTRY.createdAt }]],
    ['a name that is not registered', { dnsNames: ['payments'] }, [ENTRY]],
  ])('is not issued for %s', async (_, said, entries) => {
    const before = rig.store.log.length;
    expect(await failureOf(make(said, entries))).toMatch(/^denied: /);
    expect(rig.store.log).toHaveLength(before);
  });

  it('is not issued where the identity is denied, and that is told', async () => {
    await keeper.revoke([{ spiffeId: ID, mayReturn: false, why: 'keyCompromise' }], BY);
    expect(await failureOf(make())).toMatch(/^denied: The identity .* is denied/);
    expect(rig.store.log.at(-1)).toMatchObject({ action: 'identity.refuse', subject: ID });
  });
});

describe('a certificate that is revoked', () => {
  it('is on the deny list and on the CRL, once, and no other is', async () => {
    const [value, other] = [await make(), await make()];
    const rotator = rotatorOf();
    for (const _ of [1, 2]) await rotator.revoke(step(), value);
    expect(await rotator.isRefused(step(), value)).toBe(true);
    expect(await rotator.isRefused(step(), other)).toBe(false);
    const { serialNumber } = readCertificate(leafOf(value).raw);
    const [denial, ...others] = keeper.state.revocation.denials;
    expect(denial).toMatchObject({ deny: 'serial', value: serialNumber, why: 'unspecified' });
    expect(others).toEqual([]);
    const issuer = keeper.state.authorities.find(({ kind }) => kind === 'x509');
    const root = readCertificate(Buffer.from(issuer?.certificate ?? '', 'base64'));
    const { revoked } = readCrl(keeper.crlOf(issuer?.id ?? '', 3_600), root);
    expect([...revoked.keys()]).toEqual([serialNumber]);
  });

  it('is so too where its whole identity is', async () => {
    const value = await make();
    rig.wall += 1_000;
    await keeper.revoke([{ spiffeId: ID, mayReturn: true, why: 'superseded' }], BY);
    expect(await rotatorOf().isRefused(step(), value)).toBe(true);
    expect(await failureOf(rotatorOf().set(step(), value))).toMatch(/^refused: .* revoked$/);
  });

  it('goes with its authority', async () => {
    const value = await make();
    const signer = keeper.state.authorities.find(({ kind, status }) => {
      return kind === 'x509' && status === 'active';
    });
    await keeper.taint(signer?.id ?? '', 'urgent', BY);
    await rig.pass(keeper, 2 * 3_600_000);
    expect(await failureOf(rotatorOf().test({ ...step(), now: START + 1 }, value))).toMatch(
      /^refused: .* nobody trusts who signed it$/,
    );
    expect(await rotatorOf().isRefused({ ...step(), now: START + 1 }, value)).toBe(true);
  });
});

describe('a rotation of certificates', () => {
  async function target(said: object = {}): Promise<WorldTarget> {
    const own = await newRig();
    const held = await own.open();
    const registrar = { index: new EntryIndex([{ ...ENTRY, x509TtlSeconds: 7 * DAY }]) };
    const port = certificatePort({ keeper: held, registrar, clock: () => own.wall });
    const accepts = ({ certificate = '' }: SecretValue, now: number) => {
      own.wall = now;
      const leaf = new X509Certificate(certificate);
      return port.standingOf(leaf.raw) === 'valid' && leaf.validToDate.getTime() > now;
    };
    const config = { spiffeId: ID, previous: 'revoke', ...said };
    return { rotator: x509Rotator(port), plan: { config }, accepts };
  }

  it('that is killed ends the same wherever that is, with one that works all along and no orphan', async () => {
    await walkKills({ open: target, minutes: 240 });
  });

  it('comes before the certificate ends, and leaves the one before to its end', async () => {
    const world = new World('several', await target({ previous: 'keep', ttlSeconds: 7_200 }));
    await world.withSecret({ overlapSeconds: 600 });
    const first = world.openValue(await world.secret(), 1);
    for (let minutes = 0; minutes < 119; minutes++) {
      expect(world.isServed()).toBe(true);
      await world.pass(60_000);
    }
    const { labels, versions } = await world.secret();
    expect(labels).toEqual({ current: 2 });
    expect(versions[0]).toMatchObject({ revokedAt: null, revocation: null });
    expect(world.isAccepted(first)).toBe(true);
    await world.pass(120_000);
    expect(world.isAccepted(first)).toBe(false);
  });
});
