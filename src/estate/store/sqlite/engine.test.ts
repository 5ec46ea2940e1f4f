import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../index.ts';
import { ChildProgram } from '../testing/child.ts';
import { aFinding, anEstate, aService } from '../testing/estate.ts';
import { isBusy, toSqliteFault } from './errors.ts';

const WRITER = join(import.meta.dirname, '../testing/writer.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-sqlite-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the data folder', () => {
  test('is refused to a second process, which is told who holds it, and free once that is killed', async () => {
    const holder = new ChildProgram(WRITER, [JSON.stringify({ kind: 'sqlite', folder }), '0']);
    try {
      await holder.waitFor((line) => line === 'open');
      await expect(openStore({ kind: 'sqlite', folder })).rejects.toMatchObject({
        code: 'estate/folder-conflict',
        message: `The data folder \`${folder}\` is in use by process ${holder.pid}`,
      });
    } finally {
      await holder.kill();
    }
    const store = await openStore({ kind: 'sqlite', folder });
    await store.close();
  });

  test('is refused to the same process too, and free once it is closed', async () => {
    const store = await openStore({ kind: 'sqlite', folder });
    await expect(openStore({ kind: 'sqlite', folder })).rejects.toMatchObject({
      code: 'estate/folder-conflict',
    });
    await store.close();
    await (await openStore({ kind: 'sqlite', folder })).close();
  });

  test('is made where it is missing, and for its user only', async () => {
    const inner = join(folder, 'a/b');
    await (await openStore({ kind: 'sqlite', folder: inner })).close();
    expect(statSync(inner).mode & 0o777).toBe(0o700);
  });

  test('with a damaged file is refused with a sentence, and left unlocked', async () => {
    const file = join(folder, 'estate.db');
    writeFileSync(file, 'this is no database, and long enough to be looked at'.repeat(100));
    await expect(openStore({ kind: 'sqlite', folder })).rejects.toMatchObject({
      code: 'estate/damaged',
      message: `The store in \`${folder}\` cannot be used: its file is not a database`,
    });
    rmSync(file);
    await (await openStore({ kind: 'sqlite', folder })).close();
  });
});

test('a publication writes only the rows that differ', async () => {
  const store = await openStore({ kind: 'sqlite', folder });
  const other = new DatabaseSync(join(folder, 'estate.db'));
  const services = ['a', 'b', 'c'].map((name) => aService(name));
  const estate = anEstate({ services, findings: [aFinding('f', services[0]?.id ?? '')] });
  try {
    await store.publish(estate, '2025-03-01T00:00:00Z');
    other.exec('create table written (id text)');
    for (const table of ['services', 'findings', 'owners', 'environments']) {
      for (const event of ['insert', 'update', 'delete']) {
        other.exec(`create trigger ${table}_${event} after ${event} on ${table}
          begin insert into written values ('${table} ${event}'); end`);
      }
    }
    const changed = services.map((service) =>
      service.name === 'b' ? { ...service, exposure: 'internet' as const } : service,
    );
    await store.publish({ ...estate, services: changed }, '2025-03-02T00:00:00Z');
    const written = other.prepare('select id from written').all();
    expect(written.map((row) => row.id)).toEqual(['services update']);
  } finally {
    other.close();
    await store.close();
  }
});

test('a database that another program holds is unavailable, and available again after it', async () => {
  const store = await openStore({ kind: 'sqlite', folder });
  const other = new DatabaseSync(join(folder, 'estate.db'));
  try {
    other.exec('begin immediate');
    await expect(store.ping()).rejects.toMatchObject({ code: 'estate/unavailable' });
    other.exec('rollback');
    await expect(store.ping()).resolves.toBeUndefined();
  } finally {
    other.close();
    await store.close();
  }
});

describe('errors of SQLite', () => {
  const error = (errcode: number) => Object.assign(new Error('said SQLite'), { errcode });
  test.for([
    [13, 'estate/unavailable', 'the disk is full'],
    [10 | (3 << 8), 'estate/unavailable', 'the disk gave an error'],
    [11, 'estate/damaged', 'its file is damaged'],
    [1, 'estate/failed', 'said SQLite'],
  ] as const)('%i is %s', ([errcode, code, why]) => {
    expect(toSqliteFault(error(errcode), '/data')).toMatchObject({
      code,
      message: expect.stringContaining(why),
    });
  });

  test('anything else is left as it is', () => {
    const other = new RangeError('ours');
    expect(toSqliteFault(other, '/data')).toBe(other);
    expect(isBusy(error(5))).toBe(true);
    expect(isBusy(other)).toBe(false);
  });
});
