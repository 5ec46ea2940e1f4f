import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeBundle } from '../../spiffe/index.ts';
import { toPem } from '../../x509/index.ts';
import { ServerRig } from '../testing/server.ts';
import { parseServerAddress } from './address.ts';
import { believed, bundleFingerprints, readBootstrap } from './bootstrap.ts';
import { CacheWriter } from './cache-writer.ts';
import { AgentFolder, type KeptIdentity } from './folder.ts';
import { currentProof } from './proofs.ts';
import { backoffOf } from './times.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-client-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const code = (text: string) => expect.objectContaining({ code: text });

describe('the address of a server', () => {
  it.each([
    ['reeve.example.org:7073', 'reeve.example.org', 7_073],
    ['reeve', 'reeve', 7_072],
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['[::1]:7072', '::1', 7_072],
    ['[fe80::1]', 'fe80::1', 7_072],
  ])('%s is read', (text, host, port) => {
    expect(parseServerAddress(text)).toEqual({ host, port });
  });

  it.each(['', ':7072', 'a b', 'a:0', 'a:65536', 'a:1:2', 'https://a', '::1', 'a/b'])(
    '%s is refused',
    (text) => {
      expect(() => parseServerAddress(text)).toThrow(code('identity/server-address-malformed'));
    },
  );
});

describe('when an agent tries again', () => {
  it('is later after each failure, up to a minute, and never together', () => {
    expect([1, 2, 3, 8, 500].map((failures) => backoffOf(failures, 0))).toEqual([
      500, 1_000, 2_000, 60_000, 60_000,
    ]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const wait = backoffOf(failures, random);
          expect(wait).toBeGreaterThanOrEqual(250);
          expect(wait).toBeLessThanOrEqual(60_000);
        },
      ),
    );
  });
});

describe('what a server is known by at first', () => {
  const none = { trustBundleSha256: [], insecureBootstrap: false };
  let server: ServerRig;
  beforeEach(async () => {
    server = await ServerRig.start();
  });
  afterEach(() => server.close());

  it('is a bundle, as a SPIFFE bundle document or as PEM', async () => {
    const document = write('bundle.json', writeBundle(server.bundle));
    const read = await readBootstrap({ ...none, trustBundleFile: document }, 'example.org');
    expect(read).toMatchObject({ by: 'bundle', bundle: { sequence: server.bundle.sequence } });
    const pem = write(
      'bundle.pem',
      `text\n${toPem('CERTIFICATE', ...server.bundle.x509Authorities)}`,
    );
    expect(await readBootstrap({ ...none, trustBundleFile: pem }, 'example.org')).toEqual({
      by: 'bundle',
      bundle: {
        trustDomain: 'example.org',
        x509Authorities: server.bundle.x509Authorities,
        jwtAuthorities: [],
      },
    });
  });

  it('is a fingerprint, of which one authority at least must have it', async () => {
    const [fingerprint = ''] = bundleFingerprints(server.bundle);
    const colons = fingerprint.toUpperCase().replace(/..(?!$)/g, '$&:');
    for (const text of [fingerprint, `sha256:${fingerprint}`, `SHA256:${colons}`]) {
      const bootstrap = await readBootstrap({ ...none, trustBundleSha256: [text] }, 'example.org');
      expect(bootstrap && believed(server.bundle, bootstrap).x509Authorities.length).toBe(1);
    }
    const other = { by: 'fingerprints', fingerprints: new Set(['a'.repeat(64)]) } as const;
    expect(() => believed(server.bundle, other)).toThrow(
      code('identity/server-untrusted/other-fingerprint'),
    );
  });

  it('is nothing only where that is said', async () => {
    expect(await readBootstrap(none, 'example.org')).toBeUndefined();
    const insecure = await readBootstrap({ ...none, insecureBootstrap: true }, 'example.org');
    expect(insecure).toEqual({ by: 'nothing' });
  });

  it.each([
    ['nothing', '', 'identity/bundle-malformed'],
    ['another text', '-----BEGIN KEY-----', 'identity/trust-bundle-malformed'],
    [
      'a certificate that is none',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'identity/trust-bundle-malformed',
    ],
  ])('is refused where it is %s', async (_, text, reason) => {
    const trustBundleFile = write('bundle', text);
    await expect(readBootstrap({ ...none, trustBundleFile }, 'example.org')).rejects.toThrow(
      code(reason),
    );
  });

  it('is refused where it is missing, or no fingerprint', async () => {
    const trustBundleFile = join(folder, 'missing');
    await expect(readBootstrap({ ...none, trustBundleFile }, 'a')).rejects.toThrow(
      code('identity/trust-bundle-not-found'),
    );
    const short = { ...none, trustBundleSha256: ['abc'] };
    await expect(readBootstrap(short, 'a')).rejects.toThrow(
      code('identity/trust-bundle-malformed'),
    );
  });
});

describe('what an agent joins by', () => {
  it('is a token of a file or of the environment, once', async () => {
    const joinTokenFile = write('token', 'reeve_join_x\n');
    const proof = await currentProof({ joinTokenFile }, null);
    expect(proof).toMatchObject({ by: 'join-token', token: 'reeve_join_x' });
    const used = proof?.by === 'join-token' ? proof.hash : '';
    expect(await currentProof({ joinTokenFile }, used)).toBeUndefined();
    expect(await currentProof({ joinToken: ' reeve_join_x ' }, used)).toBeUndefined();
    write('token', 'reeve_join_y');
    expect(await currentProof({ joinTokenFile }, used)).toMatchObject({ token: 'reeve_join_y' });
    rmSync(joinTokenFile);
    expect(await currentProof({ joinTokenFile }, used)).toBeUndefined();
    await expect(currentProof({ joinTokenFile }, null)).rejects.toThrow(
      code('identity/join-token-not-found'),
    );
    expect(await currentProof({}, null)).toBeUndefined();
    expect(await currentProof({ joinToken: '' }, null)).toBeUndefined();
  });

  it('is a service account token, as it is at that moment', async () => {
    const kubernetesTokenFile = write('token', 'a.b.c');
    expect(await currentProof({ kubernetesTokenFile }, null)).toEqual({
      by: 'kubernetes',
      token: 'a.b.c',
    });
    write('token', 'd.e.f');
    expect(await currentProof({ kubernetesTokenFile }, null)).toMatchObject({ token: 'd.e.f' });
  });

  it('is not quoted where it is none', async () => {
    const secret = 'hello world';
    const proof = currentProof({ joinToken: secret }, null);
    await expect(proof).rejects.toThrow(code('identity/join-token-malformed'));
    await expect(proof).rejects.not.toThrow(/hello/);
  });
});

describe('the data folder of an agent', () => {
  const kept = (): KeptIdentity => ({
    trustDomain: 'example.org',
    chain: [Buffer.from('leaf'), Buffer.from('issuing')],
    privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    bundle: { trustDomain: 'example.org', x509Authorities: [], jwtAuthorities: [], sequence: 7n },
    usedToken: 'abc',
  });
  const data = () => join(folder, 'data');

  it.each([undefined, 'a passphrase'])(
    'gives back what was kept, with the passphrase %s',
    async (passphrase) => {
      const agent = await AgentFolder.open(data(), passphrase);
      expect(await agent.identity()).toBeUndefined();
      const identity = kept();
      await agent.keepIdentity(identity);
      const read = await (await AgentFolder.open(data(), passphrase)).identity();
      expect(read).toMatchObject({ ...identity, privateKey: expect.anything() });
      expect(read?.privateKey.equals(identity.privateKey)).toBe(true);
      const text = readFileSync(join(data(), 'agent.json'), 'utf8');
      expect(text.includes('ENCRYPTED')).toBe(passphrase !== undefined);
    },
  );

  it('can be read by its owner alone, and keeps nothing half', async () => {
    const agent = await AgentFolder.open(data(), undefined);
    await agent.keepIdentity(kept());
    await agent.keepCache(Buffer.from('told'));
    expect(statSync(data()).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(data())) {
      expect(statSync(join(data(), name)).mode & 0o777).toBe(0o600);
    }
    writeFileSync(join(data(), '.0123456789abcdef'), 'half');
    const again = await AgentFolder.open(data(), undefined);
    expect(readdirSync(data()).sort()).toEqual(['agent.cache', 'agent.json']);
    expect((await again.cache())?.toString()).toBe('told');
    await again.drop();
    expect(readdirSync(data())).toEqual([]);
  });

  it('says what to do where the key cannot be read, or the file is damaged', async () => {
    await (await AgentFolder.open(data(), 'right')).keepIdentity(kept());
    await expect((await AgentFolder.open(data(), undefined)).identity()).rejects.toThrow(
      code('identity/agent-key-not-found'),
    );
    await expect((await AgentFolder.open(data(), 'wrong')).identity()).rejects.toThrow(
      code('identity/agent-key-malformed'),
    );
    for (const text of ['', '{', '[]', '{"schema":"reeve.agent/v2"}']) {
      writeFileSync(join(data(), 'agent.json'), text);
      await expect((await AgentFolder.open(data(), undefined)).identity()).rejects.toThrow(
        code('identity/agent-data-malformed'),
      );
    }
  });

  it('is given what was told once at first, and then a while after it has changed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const kept = await AgentFolder.open(folder, undefined);
      const written = vi.spyOn(kept, 'keepCache');
      const cache = new CacheWriter(
        (bytes) => kept.keepCache(bytes),
        () => Buffer.from('told'),
        () => {},
      );
      cache.changed();
      cache.begin();
      await cache.close();
      expect(written).toHaveBeenCalledTimes(1);
      for (let times = 0; times < 3; times++) cache.changed();
      vi.advanceTimersByTime(1_000);
      await cache.close();
      expect(written).toHaveBeenCalledTimes(2);
      expect((await kept.cache())?.toString()).toBe('told');
    } finally {
      vi.useRealTimers();
    }
  });

  it('says where it cannot be', async () => {
    const file = write('file', '');
    await expect(AgentFolder.open(join(file, 'data'), undefined)).rejects.toThrow(
      code('identity/agent-data-unavailable'),
    );
  });
});
