import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { toBundleFinder } from '../spiffe/index.ts';
import { time } from './der/index.ts';
import { basicConstraints, keyUsage, subjectAlternativeName } from './extensions/index.ts';
import { toPem } from './pem.ts';
import { type Forged, forge, forgedAuthority, forgedLeaf, nameOf } from './testing/forge.ts';
import { ecKey } from './testing/keys.ts';
import { validateSvid } from './validation/index.ts';
import { ID, names, uri } from './validation/testing/scene.ts';

const KEYS = { root: ecKey(), issuing: ecKey(), leaf: ecKey() };
const now = Date.now();
const today = <T extends Forged>(parts: T): T => ({
  ...parts,
  notBefore: time(now - 3_600_000),
  notAfter: time(now + 3_600_000),
});
const root = forge(today(forgedAuthority(KEYS.root, 'root 1', 'root 1', KEYS.root)));
const issuing = forge(today(forgedAuthority(KEYS.issuing, 'issuing 1', 'root 1', KEYS.root)));
const bundleOf = toBundleFinder([
  { trustDomain: 'example.org', x509Authorities: [root], jwtAuthorities: [] },
]);

/** What TLS wants of a server, with a leaf of these extensions. */
function side(extensions: Record<string, Buffer>) {
  const leaf = today(forgedLeaf(KEYS.leaf, nameOf('issuing 1'), KEYS.issuing));
  const cert = forge({ ...leaf, extensions: { ...leaf.extensions, ...extensions } });
  const key = KEYS.leaf.privateKey.export({ format: 'pem', type: 'pkcs8' });
  return { cert: toPem('CERTIFICATE', cert, issuing), key };
}

function chainOf(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw && !chain.some((der) => one?.raw.equals(der))) {
    chain.push(one.raw);
    one = one.issuerCertificate;
  }
  return chain;
}

/** Calls a server that has such a leaf; gives whether TLS is content, and what the server sent. */
async function shakeHands(extensions: Record<string, Buffer>) {
  const server = createServer(side(extensions));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ca = toPem('CERTIFICATE', root);
  const client = connect({ ca, port, host: '127.0.0.1', checkServerIdentity: () => undefined });
  try {
    await once(client, 'secureConnect');
    return { isAuthorized: client.authorized, chain: chainOf(client) };
  } finally {
    client.destroy();
    server.close();
  }
}

describe('a handshake', () => {
  it('hands over the chain that proves who the server is', async () => {
    const { isAuthorized, chain } = await shakeHands({});
    expect(isAuthorized).toBe(true);
    expect(validateSvid(chain, { bundleOf, now }).id.uri).toBe(ID);
  });

  it.each<[string, Record<string, Buffer>, string]>([
    ['a second URI', { names: names(uri(ID), uri(`${ID}-2`)) }, 'several-uris'],
    [
      'another trust domain',
      { names: subjectAlternativeName('spiffe://example.com/x', [], true) },
      'unknown-trust-domain',
    ],
    [
      'a signing authority',
      {
        basicConstraints: basicConstraints(true),
        keyUsage: keyUsage('digitalSignature', 'keyCertSign'),
      },
      'leaf-is-authority',
    ],
  ])('with %s is enough for TLS, and not for SPIFFE', async (_, extensions, reason) => {
    const { isAuthorized, chain } = await shakeHands(extensions);
    expect(isAuthorized).toBe(true);
    expect(() => validateSvid(chain, { bundleOf, now })).toThrow(
      expect.objectContaining({ code: `identity/certificate-invalid/${reason}` }),
    );
  });
});
