import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { toPem } from '../../src/identity/x509/index.ts';
import { createKeyRing, openKek, Vault } from '../../src/secrets/vault/index.ts';
import { ORDERS, startWorld } from '../../src/server/secrets/access/testing/world.ts';

/** Run in a process of its own: a server that gives secrets, with an authority, a vault, a store and an audit log on the
 *  disk; and beside it a bare one of Node with the same certificates, which answers as many bytes and does nothing. Tells
 *  its parent where they listen, and how to prove oneself. */
export interface SecretReadsReady {
  readonly reeve: number;
  readonly bare: number;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly paths: readonly string[];
}

const SECRETS = 50;
const REQUESTS_PER_SECOND = 1_000_000;

const environment = { KEY: randomBytes(32).toString('hex') };
const kek = await openKek(
  { kind: 'variable', variable: 'KEY' },
  { dataFolder: '', environment, random: randomBytes, isNew: true },
);
if (kek === undefined) throw new Error('a key in a variable needs nobody');
const ring = await createKeyRing(kek, { random: randomBytes, now: Date.now() });
const vault = new Vault(ring, { random: randomBytes, clock: Date.now });
await vault.unseal(kek);

const config = { requestsPerSecond: REQUESTS_PER_SECOND, maxConnectionsPerIdentity: 1_000 };
const world = await startWorld({ values: vault, config });
const names = Array.from({ length: SECRETS }, (_, at) => `db-${at}`);
for (const name of names) {
  const value = { username: 'orders', password: randomBytes(24).toString('base64url') };
  await world.keeping.create({ name, service: ORDERS, kind: 'postgres', value }, world.by);
}
world.access.setKnown([{ id: ORDERS, declaredSecrets: names.map((name) => ({ name })) }]);
const { cert, key } = await world.svid(ORDERS);
const ca = toPem('CERTIFICATE', ...world.identity.keeper.bundle.x509Authorities);

const own = await world.svid('production/shop/bare');
const answer = JSON.stringify({
  ...{ value: { username: 'orders', password: 'x'.repeat(32) }, version: 1, expiresAt: null },
  ...{ secret: `${ORDERS}/db-10`, previous: null },
});
const bare = createServer(
  {
    cert: own.cert,
    key: own.key,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  },
  (_, response) => {
    response.writeHead(200, {
      ...{ 'cache-control': 'no-store', 'content-type': 'application/json' },
      'content-length': Buffer.byteLength(answer),
    });
    response.end(answer);
  },
);
await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
const ready: SecretReadsReady = {
  ...{ reeve: world.access.port, bare: (bare.address() as AddressInfo).port, cert, key, ca },
  paths: names.map((name) => `/v1/secrets/${name}`),
};
process.send?.(ready);
process.once('disconnect', () => {
  bare.closeAllConnections();
  bare.close();
  void world.close();
});
