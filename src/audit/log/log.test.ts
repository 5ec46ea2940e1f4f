import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Frontier, leafHash } from '../../base/merkle/index.ts';
import type { NewAuditEntry } from '../../estate/index.ts';
import { openAuditReader, openStore } from '../../estate/store/index.ts';
import { noteSigner, readNote } from '../checkpoint/index.ts';
import { auditSeal } from '../seal.ts';
import {
  entriesOfFile,
  keptSource,
  proveEntry,
  toSyslog,
  verifyEntry,
  verifyLog,
} from './index.ts';

const NOW = Date.UTC(2025, 2, 3);
const COUNT = 600;
const key = (name: string, kind: 'log' | 'witness') =>
  noteSigner(name, kind, generateKeyPairSync('ed25519').privateKey);
const signer = key('reeve/audit', 'log');
const witness = key('witness', 'witness');
const root = mkdtempSync(join(tmpdir(), 'reeve-audit-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const entryOf = (at: number): NewAuditEntry => ({
  ...{ at: '2025-03-03T00:00:00.000Z', actor: 'admin', action: 'secret.read', reason: 'a "test"' },
  subject: `orders-db ${at}`,
  detail: {},
});

let folder = '';
/** What a witness has seen after 300 entries. */
let seen = '';

const sealOf = (by = signer, isNew = false) => auditSeal(by, () => NOW, isNew);
const open = (seal = sealOf()) => openStore({ kind: 'sqlite', folder }, seal);

beforeEach(async () => {
  folder = mkdtempSync(join(root, 'data-'));
  const store = await open(sealOf(signer, true));
  await store.amend(
    [],
    Array.from({ length: COUNT / 2 }, (_, at) => entryOf(at)),
  );
  const { checkpoint } = await store.auditHead();
  seen = checkpoint + witness.sign(readNote(checkpoint).text, NOW);
  await store.amend(
    [],
    Array.from({ length: COUNT / 2 }, (_, at) => entryOf(COUNT / 2 + at)),
  );
  await store.close();
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Behind the back of the server. */
function edit(...statements: readonly string[]): void {
  const database = new DatabaseSync(join(folder, 'estate.db'));
  for (const statement of statements) database.exec(statement);
  database.close();
}

async function verify(kept = [{ name: 'the witness', note: seen }], keys = [signer, witness]) {
  const log = await openAuditReader({ kind: 'sqlite', folder });
  try {
    return await verifyLog(await keptSource(log), kept, keys);
  } finally {
    await log.close();
  }
}

const problemsOf = async () =>
  (await verify()).problems.map(({ kind, sequence }) => [kind, sequence]);

/** All that somebody who owns the database, and no key, can make anew. */
function rewriteTree(): string[] {
  const database = new DatabaseSync(join(folder, 'estate.db'), { readOnly: true });
  const rows = database.prepare('select body from audit order by sequence').all();
  database.close();
  const frontier = Frontier.empty();
  const roots: string[] = [];
  for (const { body } of rows) {
    frontier.append(leafHash(String(body)), (level, position, hash) => {
      if (level === 8) roots.push(`(1, ${position}, '${hash.toString('base64')}')`);
    });
  }
  const text = frontier.root().toString('base64');
  return [
    'delete from audit_roots',
    `insert into audit_roots values ${roots.join()}`,
    `update audit_head set size = ${rows.length}, root = '${text}', edge = '${frontier.toText()}'`,
  ];
}

const EDIT = `update audit set body = replace(body, 'orders-db 7"', 'orders-db 8"') where sequence = 8`;

describe('a log that nobody has touched', () => {
  it('is verified up to where it had come, while a server appends to it', async () => {
    const log = await openAuditReader({ kind: 'sqlite', folder });
    const store = await open();
    const source = await keptSource(log);
    await store.amend([], [entryOf(COUNT)]);
    const { size, problems } = await verifyLog(source, [], [signer]);
    expect({ size, problems }).toEqual({ size: COUNT, problems: [] });
    await store.close();
    await log.close();
  });

  it('is what was signed, by whom and when', async () => {
    const { size, problems, vouched } = await verify();
    expect({ size, problems }).toEqual({ size: COUNT, problems: [] });
    expect(vouched).toEqual([
      { by: 'reeve/audit', size: COUNT, at: null },
      { by: 'reeve/audit', size: COUNT / 2, at: null },
      { by: 'witness', size: COUNT / 2, at: '2025-03-03T00:00:00.000Z' },
    ]);
  });

  it('is read while a server writes it', async () => {
    const store = await open();
    try {
      await store.amend([], [entryOf(COUNT)]);
      expect((await verify()).problems).toEqual([]);
    } finally {
      await store.close();
    }
  });

  it('is verified from a file, too', async () => {
    const log = await openAuditReader({ kind: 'sqlite', folder });
    const { checkpoint } = await log.auditHead();
    const lines = (await log.auditTexts(1, COUNT)).map(({ text }) => text);
    await log.close();
    const file = join(folder, 'audit.jsonl');
    const write = (lines: readonly string[]) =>
      writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    const verifyFile = () => verifyLog({ entries: entriesOfFile(file), checkpoint }, [], [signer]);
    write(lines);
    expect(await verifyFile()).toMatchObject({ size: COUNT, problems: [] });
    write(lines.with(3, lines[3]?.replace('admin', 'nobody') ?? ''));
    expect((await verifyFile()).problems).toMatchObject([{ kind: 'changed' }]);
    write(lines.toSpliced(3, 1));
    expect((await verifyFile()).problems.map(({ kind }) => kind)).toContain('truncated');
    await expect(collect(entriesOfFile(folder))).rejects.toMatchObject({
      code: 'audit/file-unavailable',
    });
  });

  it('proves each entry to somebody who has nothing but a key', async () => {
    const log = await openAuditReader({ kind: 'sqlite', folder });
    for (const sequence of [1, 256, 257, COUNT]) {
      const { entry, proof } = await proveEntry(log, sequence);
      expect(verifyEntry(entry, proof, [signer])).toMatchObject({ size: COUNT });
      const wrong = [
        () => verifyEntry(`${entry} `, proof, [signer]),
        () => verifyEntry(entry, proof, [key('reeve/audit', 'log')]),
        () => verifyEntry(entry, proof.replace(/index \d+/, 'index 2'), [signer]),
      ];
      for (const one of wrong) {
        expect(one).toThrow(expect.objectContaining({ code: 'audit/proof-invalid' }));
      }
      expect(() => verifyEntry(entry, proof.slice(1), [signer])).toThrow(
        expect.objectContaining({ code: 'audit/proof-malformed' }),
      );
    }
    await expect(proveEntry(log, COUNT + 1)).rejects.toMatchObject({
      code: 'audit/entry-not-found',
    });
    await log.close();
  });
});

describe('a log that somebody has written to behind the back of the server', () => {
  it.each([
    [
      'an entry that says something else',
      [EDIT],
      [
        ['entry', 8],
        ['changed', 1],
        ['changed', null],
        ['changed', null],
      ],
    ],
    [
      'a row that is found by something else',
      [`update audit set actor = 'x' where sequence = 9`],
      [['entry', 9]],
    ],
    [
      'an entry that is gone',
      ['delete from audit where sequence = 300'],
      [
        ['gap', 300],
        ['changed', 257],
        ['truncated', 600],
        ['changed', null],
      ],
    ],
    ['an end that is gone', [`delete from audit where sequence > 590`], [['truncated', 591]]],
    [
      'an entry that is no JSON',
      [`update audit set body = '{' where sequence = 600`],
      [
        ['entry', 600],
        ['changed', null],
      ],
    ],
    [
      'a checkpoint of fewer entries',
      [`update audit_head set checkpoint = ''`],
      [['checkpoint', null]],
    ],
  ])('shows %s', async (_, statements, problems) => {
    edit(...statements);
    expect(await problemsOf()).toEqual(problems);
  });

  it('is not gone on from, nor signed', async () => {
    edit(EDIT);
    edit(...rewriteTree());
    await expect(open()).rejects.toMatchObject({ code: 'estate/damaged' });
    edit(`update audit_head set checkpoint = ''`);
    await expect(open()).rejects.toMatchObject({ code: 'estate/damaged' });
    // a new key takes it as it is found
    await (await open(sealOf(key('another', 'log'), true))).close();
  });

  it('is not gone on from while the server runs', async () => {
    const store = await open();
    try {
      edit(`delete from audit where sequence = 600`);
      edit(...rewriteTree());
      await expect(store.amend([], [entryOf(0)])).rejects.toMatchObject({ code: 'estate/damaged' });
    } finally {
      await store.close();
    }
  });

  it('and signed anew by somebody who has the key is found out by the witness alone', async () => {
    edit(EDIT, `update audit set subject = 'orders-db 8' where sequence = 8`);
    edit(...rewriteTree(), `update audit_head set checkpoint = ''`);
    await (await open(sealOf(signer, true))).close();
    expect((await verify([])).problems).toEqual([]);
    expect(await problemsOf()).toEqual([['changed', null]]);
  });

  it('is told from one that nobody has signed', async () => {
    const { problems } = await verify([], [witness]);
    expect(problems).toMatchObject([{ kind: 'signature' }]);
  });
});

it('an entry is a message of syslog', () => {
  const entry = { sequence: 7, ...entryOf(1), subject: 'a "b" ]\n' };
  expect(toSyslog(entry, 'host one')).toBe(
    '<109>1 2025-03-03T00:00:00.000Z hostone reeve - audit [audit@32473 sequence="7" actor="admin" ' +
      'action="secret.read" subject="a \\"b\\" \\] "] \ufeff{"reason":"a \\"test\\"","detail":{}}',
  );
});
