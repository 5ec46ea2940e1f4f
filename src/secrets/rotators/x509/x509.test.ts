import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import * as x509 from '@peculiar/x509';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import type { SecretValue } from '../../model/index.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../testing/step.ts';
import {
  type CertificatePort,
  type CertificateRequest,
  X509Rotation,
  x509Rotator,
} from './index.ts';

x509.cryptoProvider.set(webcrypto as never);
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR = 3_600_000;
const ID = 'spiffe://example.org/ns/shop/sa/orders';
const NAME = 'orders.shop.svc';
const config = X509Rotation.parse({ spiffeId: ID, dnsNames: [NAME] });

interface Ca {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const newKeys = () =>
  webcrypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ]) as Promise<webcrypto.CryptoKeyPair>;

async function certify(
  subject: string,
  publicKey: x509.PublicKeyType,
  by: Pick<Ca, 'keys'> & { certificate?: x509.X509Certificate },
  extensions: x509.Extension[],
  hours = 24,
): Promise<x509.X509Certificate> {
  return x509.X509CertificateGenerator.create({
    ...{ subject, publicKey, extensions, signingAlgorithm: ALGORITHM },
    issuer: by.certificate?.subject ?? subject,
    notBefore: new Date(Date.now() - HOUR),
    notAfter: new Date(Date.now() + hours * HOUR),
    signingKey: by.keys.privateKey as never,
  });
}

async function newCa(name: string, by?: Ca): Promise<Ca> {
  const keys = await newKeys();
  const ca = new x509.BasicConstraintsExtension(true, undefined, true);
  const certificate = await certify(`CN=${name}`, keys.publicKey as never, by ?? { keys }, [ca]);
  return { certificate, keys };
}

/** An authority in memory, below a root that verifiers trust. */
class Authority implements CertificatePort {
  readonly revoked = new Map<string, string>();
  readonly asked: CertificateRequest[] = [];
  fails: Fault | undefined;
  hours = 12;
  names = [NAME];
  id = ID;
  trusted: readonly Ca[];
  readonly #middle: Ca;

  constructor(root: Ca, middle: Ca) {
    this.trusted = [root];
    this.#middle = middle;
  }

  async issue(request: CertificateRequest): Promise<readonly Buffer[]> {
    this.asked.push(request);
    if (this.fails) throw this.fails;
    const spki = createPublicKey({ key: request.publicKey, format: 'der', type: 'spki' });
    const key = spki.export({ format: 'der', type: 'spki' });
    const names: x509.JsonGeneralNames = [
      { type: 'url', value: this.id },
      ...this.names.map((value) => ({ type: 'dns' as const, value })),
    ];
    const extensions = [new x509.SubjectAlternativeNameExtension(names)];
    const leaf = await certify(
      `CN=${NAME}`,
      new x509.PublicKey(key),
      this.#middle,
      extensions,
      this.hours,
    );
    return [leaf, this.#middle.certificate].map(({ rawData }) => Buffer.from(rawData));
  }

  anchors() {
    return this.trusted.map(({ certificate }) => Buffer.from(certificate.rawData));
  }

  async revoke(certificate: Buffer, why: string) {
    this.revoked.set(certificate.toString('hex'), why);
  }

  standingOf(certificate: Buffer) {
    if (this.revoked.has(certificate.toString('hex'))) return 'revoked' as const;
    const middle = new X509Certificate(Buffer.from(this.#middle.certificate.rawData));
    const isSigned = new X509Certificate(certificate).verify(middle.publicKey);
    return isSigned && this.trusted.length > 0 ? ('valid' as const) : ('untrusted' as const);
  }
}

let root: Ca;
let middle: Ca;
let authority: Authority;
beforeAll(async () => {
  root = await newCa('root');
  middle = await newCa('middle', root);
});
beforeEach(() => {
  authority = new Authority(root, middle);
});

async function made(settings = config): Promise<SecretValue> {
  const rotator = x509Rotator(authority);
  return (await rotator.obtain?.(stepOf(settings), rotator.make(stepOf(settings)))) ?? {};
}

describe('the rotator of certificates', () => {
  it.each(['P-256', 'P-384', 'RSA-2048'] as const)('has a key of %s certified', async (key) => {
    const value = await rotateTwiceEach(x509Rotator(authority), { ...config, key }, {});
    const leaf = new X509Certificate(value.certificate ?? '');
    expect(leaf.checkPrivateKey(createPrivateKey(value.key ?? ''))).toBe(true);
    expect(leaf.checkHost(NAME)).toBe(NAME);
    expect(value.chain?.startsWith(leaf.toString())).toBe(true);
    expect(value.chain?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(Object.keys(value).sort()).toEqual(['certificate', 'chain', 'key']);
  });

  it('asks for what the plan says, for the secret that it renews', async () => {
    const { dnsNames: _, ...rest } = config;
    await made({ ...rest, ttlSeconds: 3_600 });
    expect(authority.asked).toMatchObject([
      { secret: 'production/shop/orders/db', spiffeId: ID, dnsNames: undefined, ttlSeconds: 3_600 },
    ]);
  });

  it('makes another key each time', async () => {
    const keys = new Set([(await made()).key, (await made()).key]);
    expect(keys.size).toBe(2);
  });

  it('tells when a certificate ends', async () => {
    const value = await made();
    const { validToDate } = new X509Certificate(value.certificate ?? '');
    expect(x509Rotator(authority).endOf?.(value)).toBe(validToDate.getTime());
    expect(x509Rotator(authority).endOf?.({ certificate: 'none' })).toBeUndefined();
  });

  it.each<[string, (value: SecretValue) => SecretValue | Promise<SecretValue>]>([
    ['its key is another', async (value) => ({ ...value, key: (await made()).key ?? '' })],
    ['it is none', (value) => ({ ...value, key: '' })],
    ['it is none', (value) => ({ ...value, certificate: '' })],
    ['it is none', (value) => ({ ...value, chain: '' })],
    ['it is none', async (value) => ({ ...value, chain: (await made()).chain ?? '' })],
    [
      'its chain does not hang together',
      (value) => ({
        ...value,
        chain: `${value.certificate}${root.certificate.toString('pem')}`,
      }),
    ],
    ['nobody trusts who signed it', (value) => ({ ...value, chain: value.certificate ?? '' })],
    [
      'nobody trusts who signed it',
      async (value) => {
        authority.trusted = [await newCa('root')];
        return value;
      },
    ],
    [
      'it is for other names',
      () => {
        authority.names = ['payments.shop.svc'];
        return made();
      },
    ],
    [
      'it is for other names',
      () => {
        authority.id = `${ID}-canary`;
        return made();
      },
    ],
    [
      'it has expired',
      () => {
        authority.hours = -0.5;
        return made();
      },
    ],
    [
      'it is revoked',
      async (value) => {
        await authority.revoke(new X509Certificate(value.certificate ?? '').raw, '');
        return value;
      },
    ],
  ])('does not go on with a certificate where %s', async (why, edit) => {
    const rotator = x509Rotator(authority);
    const value = await edit(await made());
    const wanted = `refused: The new certificate cannot be used: ${why}`;
    expect(await failureOf(rotator.set(stepOf(config), value))).toBe(wanted);
    expect(await failureOf(rotator.test(stepOf(config), value))).toBe(wanted);
  });

  it('does not take a leaf for an authority', async () => {
    const signer = await made();
    const key = createPrivateKey(signer.key ?? '');
    const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
    const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']);
    const { privateKey: own, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forged = await certify(
      'CN=forged',
      new x509.PublicKey(publicKey.export({ format: 'der', type: 'spki' })),
      {
        keys: { privateKey } as never,
        certificate: new x509.X509Certificate(signer.certificate ?? ''),
      },
      [
        new x509.SubjectAlternativeNameExtension([
          { type: 'url', value: ID },
          { type: 'dns', value: NAME },
        ]),
      ],
      6,
    );
    const value = {
      certificate: forged.toString('pem'),
      chain: `${forged.toString('pem')}\n${signer.chain}`,
      key: own.export({ format: 'pem', type: 'pkcs8' }).toString(),
    };
    expect(await failureOf(x509Rotator(authority).test(stepOf(config), value))).toBe(
      'refused: The new certificate cannot be used: its chain does not hang together',
    );
  });

  it.each([
    ['identity/svid-forbidden/entry', 'denied'],
    ['identity/svid-forbidden/denied', 'denied'],
    ['identity/svid-request-invalid/dns-names', 'invalid'],
  ])('asks a person where the authority says %s', async (code, trouble) => {
    authority.fails = new Fault(code, 'no');
    expect(await failureOf(made())).toBe(`${trouble}: no`);
  });

  it('tries again where the authority cannot sign now', async () => {
    authority.fails = new Fault('identity/authority-unavailable', 'no');
    await expect(made()).rejects.toBe(authority.fails);
  });
});

describe('the certificate before', () => {
  it.each([
    ['keep', []],
    ['revoke', ['superseded']],
  ] as const)('is left to %s', async (previous, revoked) => {
    const settings = { ...config, previous };
    const rotator = x509Rotator(authority);
    const current = await made();
    await rotateTwiceEach(rotator, settings, { current });
    await rotator.finish?.(stepOf(settings, { current, previous: current }));
    expect([...authority.revoked.values()]).toEqual(revoked);
    expect(await rotator.isRefused(stepOf(settings), current)).toBe(previous === 'revoke');
  });

  it('is refused when it has ended, and needs no revocation', async () => {
    authority.hours = -0.5;
    const value = await made();
    const rotator = x509Rotator(authority);
    await rotator.revoke(stepOf(config), value);
    expect(authority.revoked.size).toBe(0);
    expect(await rotator.isRefused(stepOf(config), value)).toBe(true);
  });

  it('is refused when its signer is trusted by nobody any longer', async () => {
    const value = await made();
    authority.trusted = [];
    const rotator = x509Rotator(authority);
    await rotator.revoke(stepOf(config), value);
    expect(await rotator.isRefused(stepOf(config), value)).toBe(true);
  });

  it('of others is for a person to revoke', async () => {
    const value = await made();
    authority.trusted = [];
    const rotator = x509Rotator(authority);
    const other = stepOf({ ...config, spiffeId: `${ID}-else` });
    expect(await failureOf(rotator.revoke(other, value))).toMatch(/^changed: .* not issued here/);
    expect(await rotator.isRefused(other, value)).toBe(false);
  });
});

it('any value is a fault or refused, and never told', async () => {
  const rotator = x509Rotator(authority);
  const good = await made();
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(...Object.values(good)),
    fc.nat(400).map((at) => (good.chain ?? '').slice(at)),
  );
  const values = fc.dictionary(fc.constantFrom('certificate', 'chain', 'key'), texts);
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const failure = await failureOf(rotator.test(stepOf(config), value));
      expect(failure).toMatch(/^(nothing failed|refused: The new certificate cannot be used: )/);
      await failureOf(rotator.revoke(stepOf(config), value));
      expect(await rotator.isRefused(stepOf(config), value)).toBeTypeOf('boolean');
    }),
  );
});
