import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createKeyRing,
  type Kek,
  KekConfig,
  openKek,
  Vault,
} from '../../src/secrets/vault/index.ts';
import { codeOf, faultOf } from '../../src/secrets/vault/testing/faults.ts';
import { itIsAKek } from '../../src/secrets/vault/testing/kek-contract.ts';
import { OpenBao, openBaoPeer } from './support/openbao.ts';
import { isMissing } from './support/tools.ts';

const peer = openBaoPeer();
const MOUNT = 'teams/transit';
const PLACE = { secret: 'production/shop/orders/orders-db', version: 1 };

describe.skipIf(isMissing('OpenBao', peer))(
  'a vault sealed by the transit engine of a real OpenBao',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-transit-'));
    const tokenFile = join(folder, 'token');
    let bao: OpenBao;
    let kek: Kek;
    beforeAll(async () => {
      bao = await OpenBao.start(peer);
      await bao.call('POST', `sys/mounts/${MOUNT}`, { type: 'transit' });
      for (const [key, type] of [
        ['reeve', 'aes256-gcm96'],
        ['other', 'aes256-gcm96'],
        ['odd', 'rsa-2048'],
      ]) {
        await bao.call('POST', `${MOUNT}/keys/${key}`, { type });
      }
      // the only rights that the documentation asks for
      const rights = ['reeve', 'other', 'odd'].flatMap((key) =>
        ['encrypt', 'decrypt'].map(
          (verb) => `path "${MOUNT}/${verb}/${key}" { capabilities = ["update"] }`,
        ),
      );
      await bao.call('PUT', 'sys/policies/acl/vault', { policy: rights.join('\n') });
      const made = await bao.call('POST', 'auth/token/create', { policies: ['vault'] });
      writeFileSync(tokenFile, made.auth?.client_token ?? '', { mode: 0o600 });
      kek = await open();
    });
    afterAll(async () => {
      await bao?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function open(more: object = {}): Promise<Kek> {
      const config = KekConfig.parse({
        kind: 'openbao',
        url: bao.url,
        mount: MOUNT,
        key: 'reeve',
        token: { file: tokenFile },
        ...more,
      });
      const ports = { dataFolder: folder, environment: {}, random: randomBytes, isNew: false };
      const opened = await openKek(config, ports);
      if (opened === undefined) throw new Error('no key');
      return opened;
    }

    itIsAKek(() => kek);

    it('unseals through rotations of the key there and of the root key here', async () => {
      const ports = { random: randomBytes, clock: Date.now };
      let ring = await createKeyRing(kek, { random: randomBytes, now: Date.now() });
      const vault = new Vault(ring, ports);
      await vault.unseal(await open());
      const envelope = vault.encrypt(PLACE, { password: 'generated' });
      await bao.call('POST', `${MOUNT}/keys/reeve/rotate`, {});
      const again = new Vault(ring, ports);
      await again.unseal(await open());
      expect(again.decrypt(PLACE, envelope)).toEqual({ password: 'generated' });
      await again.rotateRoot(async (changed) => {
        ring = changed;
      });
      expect(ring.wrapped).toMatch(/^vault:v2:/);
      const last = new Vault(ring, ports);
      await last.unseal(await open());
      expect(last.decrypt(PLACE, again.rewrap(PLACE, envelope))).toEqual({ password: 'generated' });
    });

    it('goes over to another key, and no longer opens with the one before', async () => {
      const ports = { random: randomBytes, clock: Date.now };
      const kept = [await createKeyRing(kek, { random: randomBytes, now: Date.now() })];
      const vault = new Vault(kept[0]!, ports);
      await vault.unseal(await open());
      await vault.changeKek(await open({ key: 'other' }), async (ring) => void kept.push(ring));
      const again = new Vault(kept[1]!, ports);
      const fault = await faultOf(async () => again.unseal(await open()));
      expect(fault?.message).toBe(
        `This is not the key that the vault was sealed with: that is \`openbao:${MOUNT}/other\`, and this is \`openbao:${MOUNT}/reeve\``,
      );
      await again.unseal(await open({ key: 'other' }));
      expect(again.isSealed).toBe(false);
    });

    it.each([
      ['a mount that is not there', { mount: 'none' }, 'vault/kek-denied'],
      ['a key that the token may not use', { key: 'none' }, 'vault/kek-denied'],
      ['a key that binds to nothing', { key: 'odd' }, 'vault/kek-denied'],
    ])('tells %s', async (_, more, code) => {
      expect(await codeOf(async () => (await open(more)).wrap(randomBytes(32), {}))).toBe(code);
    });

    it('is asked over TLS by those who trust its certificate, and by nobody else', async () => {
      const front = await tlsFront(bao.url, folder);
      const plain = randomBytes(32);
      const trusting = await open({ url: front.url, caFile: front.caFile });
      expect(await kek.unwrap(await trusting.wrap(plain, {}), {})).toEqual(plain);
      const other = await open({ url: front.url });
      const fault = await faultOf(() => other.wrap(plain, {}));
      expect([fault?.code, fault?.message]).toEqual([
        'vault/kek-unavailable',
        `\`${front.url}\` cannot be asked: DEPTH_ZERO_SELF_SIGNED_CERT`,
      ]);
      const lost = await open({ url: front.url, caFile: join(folder, 'none') });
      expect(await codeOf(() => lost.wrap(plain, {}))).toBe('vault/kek-not-found');
      await front.stop();
    });

    it('tells an OpenBao that is sealed, and stays sealed itself', async () => {
      const ring = await createKeyRing(kek, { random: randomBytes, now: Date.now() });
      await bao.call('PUT', 'sys/seal', {});
      const vault = new Vault(ring, { random: randomBytes, clock: Date.now });
      expect(await codeOf(async () => vault.unseal(await open()))).toBe('vault/kek-unavailable');
      expect(vault.isSealed).toBe(true);
    });
  },
);

/** TLS before an OpenBao that speaks none, with a certificate that signs itself. */
async function tlsFront(behind: string, folder: string) {
  const [key, caFile] = [join(folder, 'front.key'), join(folder, 'front.pem')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const name = ['-subj', '/CN=front', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = spawnSync('openssl', [...words, '-keyout', key, '-out', caFile, ...name]);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  const settings = { key: readFileSync(key), cert: readFileSync(caFile) };
  const server = createServer(settings, (asked, answer) => {
    const { method, headers, url = '/' } = asked;
    const forward = request(new URL(url, behind), { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502);
      answered.pipe(answer);
    });
    asked.pipe(forward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = () => new Promise((resolve) => server.close(resolve));
  return { url: `https://127.0.0.1:${port}`, caFile, stop };
}
