import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Folder } from '../src/base/folder.ts';
import { credentials } from '../src/secrets/leaks/index.ts';
import { readFolder } from '../src/sources/read.ts';

/** How well, and how fast, credentials are found.
 *
 *  `node bench/credentials.ts [--misses] CORPUS…`, or CORPUS in REEVE_CREDENTIAL_CORPUS: prints precision
 *  and recall by class. Two kinds of labelled corpus are read:
 *  - CredData's: `meta/*.csv` with FilePath, LineStart, LineEnd, GroundTruth and Category, and the files;
 *  - leaky-repo's: `.leaky-meta/secrets.csv` with a number of risk and informative lines for each file.
 *  Without a corpus only the speed is measured, on generated configuration and code. */
const options = process.argv.slice(2);
const showsMisses = options.includes('--misses');
const corpora = options.filter((option) => !option.startsWith('--'));
if (corpora.length === 0) corpora.push(...(process.env.REEVE_CREDENTIAL_CORPUS ?? '').split(':'));

interface Hit {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
}

function hitsIn(corpus: string): readonly Hit[] {
  const { observations } = readFolder(new Folder(corpus), [credentials(new Uint8Array(32))]);
  const hits = observations.flatMap((observation) => {
    if (observation.kind !== 'credential' || !observation.location) return [];
    const { file, line = 1 } = observation.location;
    return [{ file, line, kind: observation.credentialKind }];
  });
  return [...new Map(hits.map((hit) => [`${hit.file}:${hit.line}`, hit])).values()];
}

/** Kinds that are told from the name alone; all others have a form of their own. */
const GENERIC =
  /^(?:password|password-hash|secret|token|api-key|signing-key|client-secret|salt|mysql|postgres|mongodb|amqp|redis|kafka|mssql|oracle|ldap|smtp|keystore)$/;
const GENERIC_CATEGORIES =
  /^(?:Password|Key|Secret|Token|API|Auth|Credential|Nonce|Salt|UUID|Other|Category)(?:$|:)/;

interface Label {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly isTrue: boolean;
  readonly category: string;
}

function reportLabels(corpus: string, hits: readonly Hit[]): void {
  const labels = labelsIn(corpus);
  const byFile = Map.groupBy(labels, ({ file }) => file);
  const hitsByFile = Map.groupBy(hits, ({ file }) => file);
  const covers = (label: Label, hit: Hit) => hit.line >= label.from && hit.line <= label.to;
  for (const [name, isGeneric] of [
    ['provider', false],
    ['generic', true],
  ] as const) {
    const wanted = labels.filter(
      (label) => label.isTrue && GENERIC_CATEGORIES.test(label.category) === isGeneric,
    );
    const missed = wanted.filter(
      (label) => !hitsByFile.get(label.file)?.some((hit) => covers(label, hit)),
    );
    const judged = hits
      .filter(({ kind }) => GENERIC.test(kind) === isGeneric)
      .map((hit) => ({
        hit,
        labels: (byFile.get(hit.file) ?? []).filter((label) => covers(label, hit)),
      }));
    const right = judged.filter((one) => one.labels.some((label) => label.isTrue));
    const wrong = judged.filter(
      (one) => one.labels.length > 0 && !one.labels.some((label) => label.isTrue),
    );
    const unlabelled = judged.filter((one) => one.labels.length === 0);
    print(
      name,
      wanted.length - missed.length,
      wanted.length,
      right.length,
      wrong.length,
      unlabelled.length,
    );
    if (!showsMisses) continue;
    for (const { file, from, category } of missed)
      console.log(`    missed ${file}:${from} ${category}`);
    for (const { hit } of wrong) console.log(`    wrong ${hit.file}:${hit.line} ${hit.kind}`);
    for (const { hit } of unlabelled)
      console.log(`    unlabelled ${hit.file}:${hit.line} ${hit.kind}`);
  }
}

/** One label for each line range: several credentials on a line are found by one look at it. */
function labelsIn(corpus: string): readonly Label[] {
  const labels = new Map<string, Label>();
  const meta = join(corpus, 'meta');
  for (const name of readdirSync(meta).filter((file) => file.endsWith('.csv'))) {
    const [header = '', ...rows] = readFileSync(join(meta, name), 'utf8').split(/\r?\n/);
    const columns = header.split(',');
    for (const row of rows.filter((text) => text !== '')) {
      const cells = row.split(',');
      const cell = (column: string) => cells[columns.indexOf(column)] ?? '';
      const label: Label = {
        file: cell('FilePath'),
        from: Number(cell('LineStart')),
        to: Number(cell('LineEnd')),
        isTrue: cell('GroundTruth') === 'T',
        category: cell('Category'),
      };
      const place = `${label.file}:${label.from}:${label.to}`;
      if (label.isTrue || !labels.has(place)) labels.set(place, label);
    }
  }
  return [...labels.values()];
}

/** Where only the number of lines is known, the first hits of a file count as right. */
function reportCounts(corpus: string, hits: readonly Hit[]): void {
  const found = Map.groupBy(hits, ({ file }) => file);
  const rows = readFileSync(join(corpus, '.leaky-meta/secrets.csv'), 'utf8').split(/\r?\n/);
  let [right, wrong, wanted] = [0, 0, 0];
  const seen = new Set<string>();
  for (const row of rows.filter((text) => text !== '' && !text.startsWith('#'))) {
    const [file = '', risk = '0', informative = '0'] = row.split(',');
    const count = found.get(file)?.length ?? 0;
    seen.add(file);
    wanted += Number(risk);
    right += Math.min(count, Number(risk));
    wrong += Math.max(0, count - Number(risk) - Number(informative));
    if (showsMisses && count < Number(risk)) console.log(`    ${file}: ${count} of ${risk}`);
  }
  for (const [file, lines] of found) {
    if (seen.has(file)) continue;
    wrong += lines.length;
    if (showsMisses) console.log(`    ${file}: ${lines.length} hits in a file without labels`);
  }
  print('risk lines', right, wanted, right, wrong, 0);
}

function print(
  name: string,
  found: number,
  wanted: number,
  right: number,
  wrong: number,
  unlabelled: number,
): void {
  const share = (part: number, all: number) => (all === 0 ? '  –  ' : (part / all).toFixed(3));
  console.log(
    `  ${name.padEnd(11)} recall ${share(found, wanted)} (${found} of ${wanted})  ` +
      `precision ${share(right, right + wrong)} (${right} right, ${wrong} wrong` +
      `${unlabelled > 0 ? `, ${unlabelled} on lines without label` : ''})`,
  );
}

function measureSpeed(): void {
  const reader = credentials(new Uint8Array(32));
  const line = (index: number) =>
    index % 40 === 0
      ? `service.password${index}: "pa55-${(index * 2654435761).toString(36)}"\n`
      : `  setting${index}: some value of token ${index} # and a comment\n`;
  const text = Array.from({ length: 2_000 }, (_, index) => line(index)).join('');
  const bytes = Buffer.from(text);
  const count = 100;
  const begin = performance.now();
  let observed = 0;
  const run = reader.start({ observe: () => observed++, report: () => {}, open: () => undefined });
  for (let index = 0; index < count; index++) {
    run.read({
      path: `config-${index}.properties`,
      bytes,
      text,
      isBinary: false,
      position: () => ({ line: 1, column: 1 }),
      documents: () => [],
    });
  }
  const seconds = (performance.now() - begin) / 1000;
  const megabytes = (bytes.length * count) / 1024 / 1024;
  console.log(
    `${(megabytes / seconds).toFixed(1)} MB/s on one core (${observed} credentials in ${megabytes.toFixed(1)} MB)`,
  );
}

measureSpeed();
for (const corpus of corpora.filter((path) => path !== '')) {
  console.log(`\n${corpus}`);
  const hits = hitsIn(corpus);
  const isCounted = readdirSync(corpus).includes('.leaky-meta');
  if (isCounted) reportCounts(corpus, hits);
  else reportLabels(corpus, hits);
}
