import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Entry, EntryIndex } from '../../src/identity/registration/index.ts';
import { toPem } from '../../src/identity/x509/index.ts';
import type { SecretValue } from '../../src/secrets/model/index.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../../src/secrets/rotators/testing/step.ts';
import { X509Rotation, x509Rotator } from '../../src/secrets/rotators/x509/index.ts';
import { certificatePort } from '../../src/server/secrets/certificate-port.ts';
import { LivingAuthority } from './support/living-authority.ts';
import { isMissing, type Peer } from './support/tools.ts';

const { error } = spawnSync('openssl', ['version']);
const peer: Peer = error ? { why: 'OpenSSL is not installed' } : { path: 'openssl' };
const ID = 'spiffe://example.org/ns/shop/sa/orders';
const NAME = 'orders.shop.svc';
const ENTRY: Entry = {
  ...{ id: 'entry', spiffeId: ID, owner: null, parent: null, selectors: ['k8s:ns:shop'] },
  ...{ x509TtlSeconds: 3_600, jwtTtlSeconds: 300, dnsNames: [NAME], federatesWith: [], hint: '' },
  ...{ expiresAt: null, services: ['production/shop/orders'], origin: 'automatic' },
  ...{ absentSince: null, createdBy: 'reeve', createdAt: new Date().toISOString() },
};

let folder: string;
let authority: LivingAuthority;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-x509-'));
  authority = await LivingAuthority.open('example.org', { upstream: { kind: 'none' } });
});
afterEach(async () => {
  await authority.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openssl(...words: readonly string[]) {
  const running = promisify(execFile)('openssl', [...words], { cwd: folder });
  running.child.stdin?.end();
  const { stdout, stderr, code } = await running.then(
    (said) => ({ ...said, code: 0 }),
    (thrown: { stdout: string; stderr: string; code: number }) => thrown,
  );
  return { said: stdout + stderr, isContent: code === 0 };
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** Verifies a value with the bundle and the lists of revoked certificates of now. */
function verify({ certificate = '', chain = '' }: SecretValue, ...words: readonly string[]) {
  const { keeper, bundle } = authority;
  const lists = keeper.state.authorities
    .filter(({ kind, status }) => kind === 'x509' && status !== 'prepared')
    .map(({ id }) => keeper.crlOf(id, 3_600));
  return openssl(
    ...['verify', '-x509_strict', '-crl_check'],
    ...['-CAfile', file('bundle.pem', toPem('CERTIFICATE', ...bundle.x509Authorities))],
    ...['-CRLfile', file('lists.pem', toPem('X509 CRL', ...lists))],
    ...['-untrusted', file('chain.pem', chain)],
    ...words,
    file('leaf.pem', certificate),
  );
}

describe.skipIf(isMissing('OpenSSL', peer)).each(['P-256', 'P-384', 'RSA-2048'] as const)(
  'OpenSSL, of a rotated certificate with a key of %s,',
  (key) => {
    const config = X509Rotation.parse({ spiffeId: ID, key, previous: 'revoke' });
    const rotator = () => {
      const registrar = { index: new EntryIndex([ENTRY]) };
      return x509Rotator(certificatePort({ keeper: authority.keeper, registrar, clock: Date.now }));
    };

    it('verifies it under its name, for servers and clients, and finds its key', async () => {
      const value = await rotateTwiceEach(rotator(), config, {});
      for (const purpose of ['sslserver', 'sslclient']) {
        const words = ['-purpose', purpose, '-verify_hostname', NAME];
        expect(await verify(value, ...words)).toMatchObject({ isContent: true });
      }
      const other = await verify(value, '-verify_hostname', 'payments.shop.svc');
      expect(other.said).toContain('hostname mismatch');
      const ofKey = await openssl('pkey', '-in', file('key.pem', value.key ?? ''), '-pubout');
      const ofLeaf = await openssl('x509', '-in', 'leaf.pem', '-noout', '-pubkey');
      expect(ofKey.said).toBe(ofLeaf.said);
    });

    it('refuses the one before when the rotation is finished, and takes the next', async () => {
      const current = await rotateTwiceEach(rotator(), config, {});
      expect(await verify(current)).toMatchObject({ isContent: true });
      const next = await rotateTwiceEach(rotator(), config, { current });
      expect((await verify(current)).said).toContain('certificate revoked');
      expect(await verify(next)).toMatchObject({ isContent: true });
      expect(await failureOf(rotator().test(stepOf(config), current))).toMatch(/^refused: /);
    });
  },
);
