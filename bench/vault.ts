import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createKeyRing, openKek, type Place, Vault } from '../src/secrets/vault/index.ts';

/** Envelopes opened, sealed and rewrapped a second on one core, beside bare AES-256-GCM over as many bytes in the same
 *  run: an envelope takes two decryptions, of its data key and of its value. To reach: far beyond the 5,000 reads of
 *  secrets a second that a core is to answer.
 *
 *  Each round measures everything for a moment, one after the other, so that what else the machine does meets all alike;
 *  figures are medians, and ratios those of the rounds. */
const ROUNDS = process.argv.includes('--quick') ? 5 : 15;
const MILLISECONDS = 60;
const SIZES = [64, 1_024, 16_384];
const REACH = 5_000;

const kek = await openKek(
  { kind: 'variable', variable: 'KEY' },
  {
    dataFolder: '',
    environment: { KEY: randomBytes(32).toString('hex') },
    random: randomBytes,
    isNew: true,
  },
);
if (kek === undefined) throw new Error('a key in a variable needs nobody');
const ring = await createKeyRing(kek, { random: randomBytes, now: Date.now() });
const vault = new Vault(ring, { random: randomBytes, clock: Date.now });
await vault.unseal(kek);

/** AES-256-GCM and nothing else, under a key that is there. */
function bare(bytes: number): () => Buffer {
  const [key, nonce] = [randomBytes(32), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(randomBytes(bytes)), cipher.final()]);
  const tag = cipher.getAuthTag();
  return () => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAuthTag(tag);
    const plain = decipher.update(body);
    decipher.final();
    return plain;
  };
}

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

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;

for (const size of SIZES) {
  const value = { password: randomBytes(size).toString('base64').slice(0, size) };
  const place: Place = { secret: 'production/shop/orders/orders-db', version: 1 };
  const envelope = vault.encrypt(place, value);
  const work = {
    'bare AES-256-GCM': bare(size),
    opened: () => vault.decrypt(place, envelope),
    sealed: () => vault.encrypt(place, value),
    rewrapped: () => vault.rewrap(place, envelope),
  };
  const names = Object.keys(work) as (keyof typeof work)[];
  for (const name of names) rate(work[name]);
  const rounds = Array.from({ length: ROUNDS }, () =>
    Object.fromEntries(names.map((name) => [name, rate(work[name])])),
  );
  const bytes = `${size.toLocaleString('en')} bytes`;
  for (const name of names) {
    const rates = rounds.map((round) => round[name] ?? 0);
    const ratio = median(
      rounds.map((round) => (round[name] ?? 0) / (round['bare AES-256-GCM'] ?? 1)),
    );
    const figure = Math.round(median(rates)).toLocaleString('en').padStart(9);
    console.log(
      `${bytes.padStart(12)}  ${name.padEnd(18)}${figure}/s   ${ratio.toFixed(2)} of bare`,
    );
  }
}
console.log(`to reach: ${REACH.toLocaleString('en')} reads/s a core, of which opening is a part`);
