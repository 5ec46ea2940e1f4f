import { generateKeyPairSync, randomBytes, randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/estate/store/index.ts';
import {
  AuthorityConfig,
  AuthorityKeeper,
  certifierOf,
  DocumentAuthorityStore,
  KeyRing,
  type OpenBaoConfig,
  post,
} from '../../src/identity/authority/index.ts';
import { parseSpiffeId } from '../../src/identity/spiffe/index.ts';
import { readCertificate, validateSvid } from '../../src/identity/x509/index.ts';
import { OpenBao, openBaoPeer } from './support/openbao.ts';
import { isMissing } from './support/tools.ts';

const peer = openBaoPeer();
const MOUNT = 'teams/pki';

describe.skipIf(isMissing('OpenBao', peer))('a real OpenBao as upstream', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-openbao-'));
  const tokenFile = join(folder, 'token');
  const id = parseSpiffeId('spiffe://example.org/ns/shop/sa/orders');
  let bao: OpenBao;
  let store: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    bao = await OpenBao.start(peer);
    await bao.call('POST', `sys/mounts/${MOUNT}`, {
      type: 'pki',
      config: { max_lease_ttl: '87600h' },
    });
    const root = {
      common_name: 'Example root',
      issuer_name: 'example',
      ttl: '8760h',
      key_type: 'ec',
    };
    await bao.call('POST', `${MOUNT}/root/generate/internal`, root);
    // the only right that the documentation asks for
    const policy = `path "${MOUNT}/root/sign-intermediate" { capabilities = ["update"] }
      path "${MOUNT}/issuer/example/sign-intermediate" { capabilities = ["update"] }`;
    await bao.call('PUT', 'sys/policies/acl/reeve', { policy });
    const made = await bao.call('POST', 'auth/token/create', { policies: ['reeve'] });
    writeFileSync(tokenFile, made.auth?.client_token ?? '');
    store = await openStore({ kind: 'sqlite', folder: join(folder, 'data') });
  });
  afterAll(async () => {
    await store?.close();
    await bao?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(more: Partial<OpenBaoConfig> = {}, trustDomain = 'example.org') {
    const config = AuthorityConfig.parse({
      upstream: { kind: 'openbao', url: bao.url, mount: MOUNT, tokenFile, ...more },
    });
    return AuthorityKeeper.open({
      trustDomain,
      config,
      store: new DocumentAuthorityStore(store),
      ring: new KeyRing([randomBytes(32)]),
      certify: certifierOf(config.upstream, post, randomFillSync),
      clock: Date.now,
      steadyClock: () => performance.now(),
      fillRandom: randomFillSync,
      warn: () => {},
    });
  }

  const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'der',
    type: 'spki',
  });

  it('certifies authorities whose SVIDs verify against its root, through a rotation', async () => {
    const keeper = await open();
    const by = { actor: 'admin', reason: 'a test' };
    const first = keeper.issueX509({ id, publicKey, service: '', by });
    await keeper.taint(
      keeper.state.authorities.find(({ kind }) => kind === 'x509')?.id ?? '',
      'urgent',
      by,
    );
    await keeper.settled();
    const second = keeper.issueX509({ id, publicKey, service: '', by });
    const chains = [first, second].map((answer) => {
      if (answer.outcome === 'refused') throw answer.fault;
      return answer.svid.chain;
    });
    const { bundle } = keeper;
    expect(bundle.x509Authorities).toHaveLength(1);
    for (const chain of chains) {
      const { path } = validateSvid(chain, { bundleOf: () => bundle, now: Date.now() });
      expect(path).toHaveLength(3);
      expect(path[1]?.extensions.names?.uris).toEqual(['spiffe://example.org']);
      expect(path[1]?.extensions.basicConstraints).toMatchObject({
        isAuthority: true,
        pathLength: 0,
      });
    }
    const subjects = chains.map(
      ([, authority]) => readCertificate(authority ?? Buffer.of()).subject,
    );
    expect(subjects[0]?.equals(subjects[1] ?? Buffer.of())).toBe(false);
    await keeper.close();
  });

  it('certifies with one issuer of several', async () => {
    const keeper = await open({ issuer: 'example' }, 'issuer.example');
    expect(keeper.bundle.x509Authorities).toHaveLength(1);
    await keeper.close();
  });

  it.each([
    ['a mount that is not there', { mount: 'none' }, '403'],
    ['an issuer that is not there', { issuer: 'none' }, '403'],
  ])('refuses %s, and the audit log says so', async (name, more, status) => {
    const trustDomain = name.replaceAll(' ', '-');
    const keeper = await open(more, trustDomain);
    expect(keeper.bundle.x509Authorities).toHaveLength(0);
    const { items } = await store.audit({
      limit: 9,
      action: 'authority.prepare-failed',
      subject: trustDomain,
    });
    expect(items[0]?.detail.why).toContain(`answers ${status}`);
    await keeper.close();
  });
});
