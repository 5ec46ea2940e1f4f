import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { noteVerifier } from '../src/audit/checkpoint/index.ts';
import { auditEntryOf, auditSeal, openKeyFile } from '../src/audit/index.ts';
import { keptSource, proveEntry, verifyEntry, verifyLog } from '../src/audit/log/index.ts';
import { openStore } from '../src/estate/store/index.ts';

/** The audit log: entries a second, durable and signed, in changes of one entry and of many, beside bare inserts into
 *  SQLite of the same texts; and how long it takes to prove any of all entries. To reach: 20,000 entries/s, and a proof
 *  in 10 ms among ten million (`--quick`: 300,000). */
const ENTRIES = process.argv.includes('--quick') ? 300_000 : 10_000_000;
const BATCH = 500;
const SINGLE = 400;
const PROOFS = 500;

const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-audit-'));
const { signer } = openKeyFile(join(folder, 'log.key'), 'bench/audit', 'log');
const store = await openStore(
  { kind: 'sqlite', folder: join(folder, 'data') },
  auditSeal(signer, Date.now, true),
);
const print = (what: string, figure: string): void => console.log(`${what.padEnd(52)} ${figure}`);
const whole = (value: number): string => Math.round(value).toLocaleString('en');
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

let made = 0;
const entries = (count: number) =>
  Array.from({ length: count }, () =>
    auditEntryOf(
      'identity.issue',
      `spiffe://example.org/ns/team-${made++ % 400}/sa/orders-${made % 10_000}`,
      { kind: 'x509', service: 'production/shop/orders', serial: `${made}`, until: '2027-01-01' },
      { actor: 'workload-api', reason: '', now: 1_700_000_000_000 + made },
    ),
  );

/** Entries a second. */
async function append(count: number, batch: number): Promise<number> {
  let seconds = 0;
  for (let done = 0; done < count; done += batch) {
    const next = entries(batch);
    const started = performance.now();
    await store.amend([], next);
    seconds += (performance.now() - started) / 1_000;
  }
  return count / seconds;
}

/** The same texts into a table of two columns, a transaction for each batch. */
function appendBare(count: number, batch: number): number {
  const database = new DatabaseSync(join(folder, 'bare.db'));
  database.exec('pragma journal_mode = wal; pragma synchronous = full');
  database.exec('create table if not exists log (sequence integer primary key, body text)');
  const insert = database.prepare('insert into log (body) values (?)');
  let seconds = 0;
  for (let done = 0; done < count; done += batch) {
    const texts = entries(batch).map((entry) => JSON.stringify(entry));
    const started = performance.now();
    database.exec('begin');
    for (const text of texts) insert.run(text);
    database.exec('commit');
    seconds += (performance.now() - started) / 1_000;
  }
  database.close();
  return count / seconds;
}

await append(20 * BATCH, BATCH);
const single = await append(SINGLE, 1);
const bareSingle = appendBare(SINGLE, 1);
print(
  'one entry a change',
  `${whole(single)}/s   x${(single / bareSingle).toFixed(2)} of bare inserts`,
);
const bare = appendBare(40 * BATCH, BATCH);
const started = performance.now();
const many = await append(ENTRIES - made + SINGLE + 40 * BATCH, BATCH);
print(
  `${BATCH} entries a change`,
  `${whole(many)}/s   x${(many / bare).toFixed(2)} of bare inserts`,
);
const { size } = await store.auditHead();
const gigabytes = statSync(join(folder, 'data', 'estate.db')).size / 1024 ** 3;
print(
  `${whole(size)} entries`,
  `${gigabytes.toFixed(1)} GB, made in ${whole((performance.now() - started) / 1_000)} s`,
);

const key = noteVerifier(signer.text);
const [proved, verified]: [number[], number[]] = [[], []];
for (let number = 0; number < PROOFS; number++) {
  const sequence = 1 + Math.floor(Math.random() * size);
  const before = performance.now();
  const { entry, proof } = await proveEntry(store, sequence);
  const between = performance.now();
  verifyEntry(entry, proof, [key]);
  proved.push(between - before);
  verified.push(performance.now() - between);
}
const milliseconds = (values: readonly number[]) =>
  `p50 ${percentile(values, 0.5).toFixed(2)} ms   p99 ${percentile(values, 0.99).toFixed(2)} ms`;
print('a proof of any of them', milliseconds(proved));
print('  verified', milliseconds(verified));
const verifying = performance.now();
const { problems } = await verifyLog(await keptSource(store), [], [key]);
const seconds = (performance.now() - verifying) / 1_000;
print('the log verified whole', `${whole(size / seconds)} entries/s, ${problems.length} problems`);
await store.close();
rmSync(folder, { recursive: true });
