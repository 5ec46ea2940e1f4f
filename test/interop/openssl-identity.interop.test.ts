import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BundleEndpointConfig, serveBundleEndpoint } from '../../src/identity/federation/index.ts';
import { toPem } from '../../src/identity/x509/index.ts';
import { LivingAuthority } from './support/living-authority.ts';
import { isMissing, type Peer } from './support/tools.ts';

const { error } = spawnSync('openssl', ['version']);
const peer: Peer = error ? { why: 'OpenSSL is not installed' } : { path: 'openssl' };
const BY = { actor: 'test', reason: '' };
const QUICK = { refreshHintSeconds: 1, skewSeconds: 0, taintedReissueSeconds: 1 };
const HOUR_SECONDS = 3_600;

let folder: string;
let closing: (() => unknown)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-openssl-'));
  closing = [() => rmSync(folder, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

/** Gives all that OpenSSL says, and whether it was content. */
async function openssl(...words: readonly string[]) {
  const running = promisify(execFile)('openssl', [...words], { cwd: folder });
  running.child.stdin?.end();
  const { stdout, stderr, code } = await running.then(
    (said) => ({ ...said, code: 0 }),
    (thrown: { stdout: string; stderr: string; code: number }) => thrown,
  );
  return { said: stdout + stderr, isContent: code === 0 };
}

function pem(name: string, label: string, ...ders: readonly Buffer[]): string {
  writeFileSync(join(folder, name), toPem(label, ...ders));
  return name;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A root, and an authority below it, that OpenSSL made: an organisation has them already. */
async function makeUpstream(): Promise<void> {
  writeFileSync(join(folder, 'empty.cnf'), '[req]\ndistinguished_name=dn\n[dn]\n');
  const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  const added = authority.flatMap((one) => ['-addext', one]);
  const common = ['req', '-x509', '-config', 'empty.cnf', ...EC, '-days', '30', ...added];
  await openssl(...common, '-subj', '/CN=root', '-keyout', 'root.key', '-out', 'root.pem');
  const by = ['-CA', 'root.pem', '-CAkey', 'root.key'];
  const files = ['-keyout', 'middle.key', '-out', 'middle.pem'];
  await openssl(...common, ...by, '-subj', '/CN=middle', ...files);
}

const UPSTREAMS: Readonly<Record<string, () => Promise<object>>> = {
  'roots of its own': async () => ({ kind: 'none' }),
  'a root on disk': async () => {
    await makeUpstream();
    const [certificateFile, keyFile] = ['root.pem', 'root.key'].map((name) => join(folder, name));
    return { kind: 'disk', certificateFile, keyFile };
  },
  'an intermediate on disk': async () => {
    await makeUpstream();
    const [certificateFile, keyFile] = ['middle.pem', 'middle.key'].map((name) =>
      join(folder, name),
    );
    return { kind: 'disk', certificateFile, keyFile, rootsFile: join(folder, 'root.pem') };
  },
};

async function openAuthority(upstream: object): Promise<LivingAuthority> {
  const authority = await LivingAuthority.open('example.org', { ...QUICK, upstream });
  closing.push(() => authority.close());
  return authority;
}

const x509Of = (authority: LivingAuthority) =>
  authority.keeper.state.authorities.filter(({ kind }) => kind === 'x509');
const signing = (authority: LivingAuthority) =>
  x509Of(authority).find(({ status }) => status === 'active')?.id ?? '';

/** Verifies a chain with the bundle of now, and with the lists of all authorities that are in it. */
async function verify(
  authority: LivingAuthority,
  [leaf = Buffer.alloc(0), ...between]: readonly Buffer[],
  ...words: readonly string[]
) {
  const published = x509Of(authority).filter(({ status }) => status !== 'prepared');
  const lists = published.map(({ id }) => authority.keeper.crlOf(id, HOUR_SECONDS));
  return openssl(
    ...['verify', '-x509_strict', '-crl_check'],
    ...['-CAfile', pem('bundle.pem', 'CERTIFICATE', ...authority.bundle.x509Authorities)],
    ...(between.length > 0 ? ['-untrusted', pem('between.pem', 'CERTIFICATE', ...between)] : []),
    ...['-CRLfile', pem('lists.pem', 'X509 CRL', ...lists)],
    ...words,
    pem('leaf.pem', 'CERTIFICATE', leaf),
  );
}

describe.skipIf(isMissing('OpenSSL', peer)).each(Object.entries(UPSTREAMS))(
  'OpenSSL, of an authority with %s,',
  (_, upstream) => {
    it('verifies what it issues, for servers and for clients, and no longer than it is valid', async () => {
      const authority = await openAuthority(await upstream());
      const { chain, notAfter } = await authority.issue('ns', 'shop', 'sa', 'orders');
      for (const purpose of ['sslserver', 'sslclient']) {
        expect(await verify(authority, chain, '-purpose', purpose)).toMatchObject({
          isContent: true,
        });
      }
      const later = String(Math.floor(notAfter / 1_000) + 1);
      const past = await verify(authority, chain, '-attime', later);
      expect(past).toMatchObject({ isContent: false, said: expect.stringContaining('expired') });
      const unsigned = await verify(authority, chain, '-purpose', 'crlsign');
      expect(unsigned.said).toContain('unsuitable certificate purpose');
    });

    it('refuses what is revoked, and nothing else', async () => {
      const authority = await openAuthority(await upstream());
      const issue = (name: string) => authority.issue('ns', 'shop', 'sa', name);
      const revoked = [await issue('orders'), await issue('orders')];
      const other = await issue('payments');
      const spiffeId = 'spiffe://example.org/ns/shop/sa/orders';
      await authority.keeper.revoke([{ spiffeId, mayReturn: true, why: 'keyCompromise' }], BY);
      for (const { chain } of revoked) {
        expect(await verify(authority, chain)).toMatchObject({
          ...{ isContent: false, said: expect.stringContaining('certificate revoked') },
        });
      }
      expect(await verify(authority, other.chain)).toMatchObject({ isContent: true });
      const { denials } = authority.keeper.state.revocation;
      await authority.keeper.lift(
        denials.map(({ id }) => id),
        BY,
      );
      for (const { chain } of revoked) {
        expect(await verify(authority, chain)).toMatchObject({ isContent: true });
      }
    });

    it('verifies what an authority has signed until it is gone, and what its successor signs', async () => {
      const authority = await openAuthority(await upstream());
      const before = await authority.issue('a');
      const first = signing(authority);
      await authority.keeper.rotate('x509', BY);
      await expect.poll(() => signing(authority), { timeout: 20_000 }).not.toBe(first);
      const after = await authority.issue('a');
      for (const { chain } of [before, after]) {
        expect(await verify(authority, chain)).toMatchObject({ isContent: true });
      }
    });
  },
);

describe.skipIf(isMissing('OpenSSL', peer))('OpenSSL', () => {
  it('refuses what a compromised root has signed, once that has gone', async () => {
    const authority = await openAuthority({ kind: 'none' });
    const before = await authority.issue('a');
    const first = signing(authority);
    await authority.keeper.taint(first, 'urgent', BY);
    await expect
      .poll(() => x509Of(authority).map(({ id }) => id), { timeout: 20_000 })
      .not.toContain(first);
    expect(await verify(authority, before.chain)).toMatchObject({
      ...{ isContent: false, said: expect.stringContaining('unable to get local issuer') },
    });
    expect(await verify(authority, (await authority.issue('a')).chain)).toMatchObject({
      isContent: true,
    });
  });

  it('refuses everybody when a list is too old, or missing', async () => {
    const authority = await openAuthority({ kind: 'none' });
    const { chain } = await authority.issue('a');
    const list = authority.keeper.crlOf(signing(authority), 60);
    const bundle = pem('bundle.pem', 'CERTIFICATE', ...authority.bundle.x509Authorities);
    const [leaf, file] = [pem('a.pem', 'CERTIFICATE', ...chain), pem('l.pem', 'X509 CRL', list)];
    const words = ['verify', '-crl_check', '-CAfile', bundle];
    const at = String(Math.floor(Date.now() / 1_000) + 120);
    const old = await openssl(...words, '-CRLfile', file, '-attime', at, leaf);
    expect(old.said).toContain('CRL has expired');
    expect((await openssl(...words, leaf)).said).toContain('unable to get certificate CRL');
  });

  it('shakes hands with the bundle endpoint, and not once its SVID is revoked', async () => {
    const authority = await openAuthority({ kind: 'none' });
    const svid = await authority.issue('reeve', 'server');
    const endpoint = await serveBundleEndpoint(
      {
        bundle: () => authority.bundle,
        svid: { current: svid, onChange: () => () => {} },
        warn: (message, fault) => console.error(message, fault),
      },
      BundleEndpointConfig.parse({ port: 0 }),
    );
    closing.push(() => endpoint.close(0));
    const shakeHands = () =>
      openssl(
        ...['s_client', '-connect', `127.0.0.1:${endpoint.port}`, '-verify_return_error'],
        ...['-CAfile', pem('bundle.pem', 'CERTIFICATE', ...authority.bundle.x509Authorities)],
        ...['-CRL', pem('l.pem', 'X509 CRL', authority.keeper.crlOf(signing(authority), 60))],
        '-crl_check',
      );
    const good = await shakeHands();
    expect(good.said).toContain('Verify return code: 0 (ok)');
    expect(good.said).toContain('TLSv1.3');
    const spiffeId = 'spiffe://example.org/reeve/server';
    await authority.keeper.revoke([{ spiffeId, mayReturn: false, why: 'superseded' }], BY);
    const bad = await shakeHands();
    expect(bad).toMatchObject({ isContent: false, said: expect.stringContaining('revoked') });
  });
});
