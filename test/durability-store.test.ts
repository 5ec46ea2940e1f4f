import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factId } from '../src/estate/index.ts';
import { openStore, StoreConfig } from '../src/estate/store/index.ts';
import { batchOf } from '../src/estate/store/testing/batch.ts';
import { ChildProgram } from '../src/estate/store/testing/child.ts';
import { startPostgres, type TestPostgres } from '../src/estate/store/testing/postgres.ts';

const WRITER = join(import.meta.dirname, '../src/estate/store/testing/writer.ts');
const SLOW_MILLISECONDS = 120_000;
const VARIABLE = 'REEVE_TEST_DURABILITY_URL';
const isAck = (line: string) => line.startsWith('ack ');
const isUnavailable = (line: string) => line === 'fault estate/unavailable';

function writer(config: object, first: number): ChildProgram {
  return new ChildProgram(WRITER, [JSON.stringify(config), String(first)]);
}

function lastAck(program: ChildProgram, before: number): number {
  return Number(program.lines.findLast(isAck)?.slice('ack '.length) ?? before);
}

/** Opens the store as its next user would, and looks for everything up to batch `last`. */
async function expectAllKept(config: object, last: number): Promise<void> {
  const store = await openStore(StoreConfig.parse(config));
  try {
    const kept = new Set((await store.facts()).map((stored) => factId(stored.fact)));
    const missing = Array.from({ length: last + 1 }, (_, number) => batchOf(number))
      .flatMap((batch) => batch.facts)
      .filter((fact) => !kept.has(factId(fact)));
    expect(missing).toEqual([]);

    const published = await store.answers();
    const number = published?.answers.callsAuthenticated.satisfied ?? -1;
    expect(number).toBeGreaterThanOrEqual(last);
    const { items } = await store.services({ limit: 10, search: 'orders' });
    expect(items.map((service) => service.owner)).toEqual([`team-${number}`]);
    const others = await store.services({ limit: 10, search: 'service-' });
    expect(others.items.map((service) => service.name)).toEqual([`service-${number}`]);
  } finally {
    await store.close();
  }
}

/** Kills a writer at some moment after its first acknowledgement, again and again. */
async function killWriters(config: object, rounds: number): Promise<void> {
  let last = -1;
  for (let round = 0; round < rounds; round++) {
    const program = writer(config, last + 1);
    try {
      await program.waitFor(isAck);
      await setTimeout(randomInt(200));
    } finally {
      await program.kill();
    }
    last = lastAck(program, last);
    await expectAllKept(config, last);
  }
}

describe('nothing that the store acknowledged is lost', () => {
  test(
    'when a process with the embedded store is killed at any moment',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'reeve-durability-'));
      try {
        await killWriters({ kind: 'sqlite', folder }, 6);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    SLOW_MILLISECONDS,
  );

  describe('in PostgreSQL', () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    });
    afterAll(() => postgres?.close());

    test(
      'when a process is killed at any moment',
      async () => {
        process.env[VARIABLE] = await postgres.createDatabase();
        await killWriters({ kind: 'postgres', urlVariable: VARIABLE }, 3);
      },
      SLOW_MILLISECONDS,
    );

    test(
      'when the database ends in any way under a process, which is told and recovers by itself',
      async () => {
        process.env[VARIABLE] = await postgres.createDatabase();
        const config = { kind: 'postgres', urlVariable: VARIABLE, retrySeconds: 0.2 };
        const program = writer(config, 0);
        try {
          for (const ending of ['fast', 'immediate', 'kill'] as const) {
            await program.waitFor(isAck, { from: program.lines.length, count: 3 });
            await setTimeout(randomInt(100));
            const up = program.lines.length;
            await postgres.stop(ending);
            await program.waitFor(isUnavailable, { from: up });
            const down = program.lines.length;
            await postgres.start();
            await program.waitFor(isAck, { from: down, count: 2 });
          }
        } finally {
          await program.kill();
        }
        await expectAllKept(config, lastAck(program, -1));
      },
      SLOW_MILLISECONDS,
    );

    test(
      'and a short stop costs a process that may wait nothing but time',
      async () => {
        process.env[VARIABLE] = await postgres.createDatabase();
        const config = { kind: 'postgres', urlVariable: VARIABLE, retrySeconds: 30 };
        const program = writer(config, 0);
        try {
          await program.waitFor(isAck);
          await postgres.stop('immediate');
          const down = program.lines.length;
          await postgres.start();
          await program.waitFor(isAck, { from: down, count: 2 });
        } finally {
          await program.kill();
        }
        expect(program.lines.filter((line) => line.startsWith('fault'))).toEqual([]);
        await expectAllKept(config, lastAck(program, -1));
      },
      SLOW_MILLISECONDS,
    );
  });
});
