import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { connect, createSecureContext, type TLSSocket } from 'node:tls';
import { Dialer } from '../sdk/src/mtls/dialer.ts';
import { createMtlsServer } from '../sdk/src/mtls/index.ts';
import { identityOf, type X509Svid } from '../sdk/src/source/index.ts';
import { MemorySource } from '../sdk/src/testing/memory-source.ts';
import { listen } from '../sdk/src/testing/requests.ts';
import { TrustDomain } from '../sdk/src/testing/trust-domain.ts';

/** Handshakes of mutual TLS for each second of processor time, both ends in one process, through the SDK
 *  and through Node alone with the same certificates and chains: each connection is opened, proved by
 *  both ends, and closed. To reach: 0.90 of Node alone, which judges less.
 *
 *  Callers are known to the server, as they are from their second connection on, or each is new to it.
 *  Each round measures everything for a moment, one after the other, so that what else the machine does
 *  meets all alike; the figures are medians, the ratio is the median of the rounds' ratios. */
const ROUNDS = 15;
const MILLISECONDS = 400;
const PARALLEL = 8;
const CALLERS = 400;
const RATIO_TO_REACH = 0.9;

const domain = new TrustDomain('example.org');
const callers = Array.from({ length: CALLERS }, (_, index) =>
  domain.issue(`/ns/shop/sa/orders-${index}`),
);
const payments = domain.issue('/ns/shop/sa/payments');
const bundles = new Map([['example.org', domain.authorities]]);

const pem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
const bareOptions = (svid: X509Svid) => ({
  cert: svid.chain.map(pem).join(''),
  key: svid.privateKey.export({ format: 'pem', type: 'pkcs8' }),
  ca: domain.authorities.map(pem),
});

type Open = () => TLSSocket;

/** Each value in turn, from the first again behind the last, when `onTurn` is told. */
function inTurn<Value>(values: readonly Value[], onTurn = () => {}): () => Value {
  let index = -1;
  return () => {
    index = (index + 1) % values.length;
    if (index === 0) onTurn();
    return values[index] as Value;
  };
}

async function ofNode(): Promise<{ server: Server; open: Open }> {
  const server = createServer({
    ...bareOptions(payments),
    requestCert: true,
    rejectUnauthorized: true,
  });
  const port = await listen(server);
  const next = inTurn(callers.map((svid) => createSecureContext(bareOptions(svid))));
  const checkServerIdentity = () => undefined;
  const options = { host: '127.0.0.1', port, checkServerIdentity, ALPNProtocols: ['http/1.1'] };
  return { server, open: () => connect({ ...options, secureContext: next() }) };
}

async function ofSdk(areKnown: boolean): Promise<{ server: Server; open: Open }> {
  const own = new MemorySource({ svids: [payments], bundles });
  const server = createMtlsServer({ source: own });
  const port = await listen(server);
  // The server's trust of now has seen nobody.
  const forget = () => own.set({ svids: [payments], bundles });
  const identity = identityOf({ svids: callers, bundles });
  const dialers = callers.map((svid) => {
    const source = new MemorySource();
    source.identity = { ...identity, svid };
    return new Dialer({ source, accept: payments.spiffeId });
  });
  const next = inTurn(dialers, areKnown ? undefined : forget);
  const target = { host: '127.0.0.1', port };
  const open = () => next().dial(target, { ALPNProtocols: ['http/1.1'] }, () => {});
  return { server, open };
}

async function shakeHands(open: Open): Promise<void> {
  const socket = open();
  await once(socket, 'secureConnect');
  if (socket.destroyed) throw new Error('a peer was refused');
  socket.end();
  socket.resume();
  await once(socket, 'close');
}

/** Handshakes for each second of processor time, over a moment. */
async function rate(open: Open): Promise<number> {
  const start = performance.now();
  const before = process.cpuUsage();
  let count = 0;
  const work = async () => {
    while (performance.now() - start < MILLISECONDS) {
      await shakeHands(open);
      count++;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const { user, system } = process.cpuUsage(before);
  return (count * 1e6) / (user + system);
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const KINDS = {
  'Node alone': await ofNode(),
  'SDK, callers known to the server': await ofSdk(true),
  'SDK, callers new to the server': await ofSdk(false),
};
const [first, ...others] = Object.keys(KINDS) as (keyof typeof KINDS)[];
const names = [first as keyof typeof KINDS, ...others];
for (const name of names) for (let times = 0; times < 3; times++) await rate(KINDS[name].open);
const rounds: Record<string, number>[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const rates: Record<string, number> = {};
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    rates[name] = await rate(KINDS[name].open);
  }
  rounds.push(rates);
}
for (const name of names) {
  const figure = Math.round(median(rounds.map((rates) => rates[name] ?? 0)));
  const ratio = median(rounds.map((rates) => (rates[name] ?? 0) / (rates[names[0] ?? ''] ?? 1)));
  const missed = ratio < RATIO_TO_REACH ? `   (under ${RATIO_TO_REACH})` : '';
  const beside = name === first ? '' : `   x${ratio.toFixed(2)}${missed}`;
  console.log(
    `${name.padEnd(44)} ${figure.toLocaleString('en').padStart(7)} handshakes/core-s${beside}`,
  );
}
for (const { server } of Object.values(KINDS)) server.close();
