import { generateKeyPairSync, randomFillSync, sign } from 'node:crypto';
import { createJwtIssuer } from '../src/identity/jwt/index.ts';
import { spiffeIdOf, toBundleFinder } from '../src/identity/spiffe/index.ts';
import {
  authorityOf,
  createSvidIssuer,
  issueAuthority,
  serialNumbers,
  signerOf,
  uniqueSubject,
  validateSvid,
} from '../src/identity/x509/index.ts';

/** X.509-SVIDs on P-256 issued a second on one core, beside bare signing in the same run, and with key
 *  generation apart; how many are validated, and JWT-SVIDs signed. To reach: 12,000/s issued for a key
 *  that is there.
 *
 *  Each round measures everything for a moment, one after the other, so that what else the machine does
 *  meets all alike; the figures are medians, the ratio is the median of the rounds' ratios. */
const ROUNDS = 15;
const MILLISECONDS = 300;
const SECONDS_OF_A_DAY = 86_400;
const TBS_BYTES = 500;

const now = Date.now();
const nextSerial = serialNumbers(randomFillSync);

function newAuthority() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serialNumber = nextSerial();
  const certificate = issueAuthority(
    {
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
      id: spiffeIdOf('example.org'),
      subject: uniqueSubject('Benchmark', serialNumber),
      serialNumber,
      notBefore: now - 60_000,
      notAfter: now + SECONDS_OF_A_DAY * 1_000,
    },
    signerOf(privateKey),
  );
  return { authority: authorityOf(certificate, privateKey), privateKey };
}

const { authority, privateKey } = newAuthority();
const issue = createSvidIssuer(authority, randomFillSync);
const bundleOf = toBundleFinder([
  { trustDomain: 'example.org', x509Authorities: [authority.certificate.der], jwtAuthorities: [] },
]);
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = newKey().publicKey.export({ format: 'der', type: 'spki' });
const tbs = randomFillSync(Buffer.alloc(TBS_BYTES));
let count = 0;
const request = (publicKey: Buffer) => ({
  id: spiffeIdOf('example.org', 'ns', 'shop', 'sa', `orders-${count++}`),
  publicKey,
  dnsNames: ['orders.shop.svc.cluster.local'],
  ttlSeconds: 3_600,
});
const issueJwt = createJwtIssuer({ keyId: 'benchmark', privateKey });
const one = issue(request(spki), now).certificate;

const WORK = {
  'bare signing, P-256 with SHA-256': () => sign('sha256', tbs, privateKey),
  'X.509-SVIDs issued for a key that is there': () => issue(request(spki), now),
  'key made, SVID issued, both exported': () => {
    const key = newKey();
    issue(request(key.publicKey.export({ format: 'der', type: 'spki' })), now);
    key.privateKey.export({ format: 'der', type: 'pkcs8' });
  },
  'keys made and exported alone': () => {
    newKey().privateKey.export({ format: 'der', type: 'pkcs8' });
  },
  'JWT-SVIDs signed, ES256': () =>
    issueJwt({ id: request(spki).id, audience: ['payments'], ttlSeconds: 300 }, now),
  'X.509-SVIDs validated, one signature each': () => validateSvid([one], { bundleOf, now }),
};
type Name = keyof typeof WORK;
const NAMES = Object.keys(WORK) as Name[];

/** Times a second, over a moment. */
function rate(work: () => unknown): number {
  const start = performance.now();
  let times = 0;
  while (performance.now() - start < MILLISECONDS) {
    for (let index = 0; index < 20; index++) work();
    times += 20;
  }
  return (times * 1_000) / (performance.now() - start);
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

for (const name of NAMES) rate(WORK[name]);
const rounds = Array.from({ length: ROUNDS }, () =>
  Object.fromEntries(NAMES.map((name) => [name, rate(WORK[name])])),
);
for (const name of NAMES) {
  const rates = rounds.map((round) => round[name] ?? 0);
  const figures = [median(rates), Math.max(...rates)].map((figure) =>
    Math.round(figure).toLocaleString('en').padStart(7),
  );
  console.log(`${name.padEnd(44)} ${figures[0]}/s   best ${figures[1]}/s`);
}
const [signing = '', issuing = ''] = NAMES;
const ratio = median(rounds.map((round) => (round[issuing] ?? 0) / (round[signing] ?? 1)));
console.log(`${'  issued, of bare signing'.padEnd(44)} ${ratio.toFixed(2).padStart(7)}`);
