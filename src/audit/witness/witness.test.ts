import { generateKeyPairSync, hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditLog } from '../../estate/index.ts';
import { openStore } from '../../estate/store/index.ts';
import { noteSigner, readNote, signatureOf, signCheckpoint } from '../checkpoint/index.ts';
import { auditSeal } from '../seal.ts';
import { type AskWitness, askWitness, openWitnessState, Witness, witnessServer } from './index.ts';
import { writeRequest } from './request.ts';

const NOW = Date.UTC(2025, 2, 3);
const key = (name: string, kind: 'log' | 'witness') =>
  noteSigner(name, kind, generateKeyPairSync('ed25519').privateKey);
const log = key('reeve.local/audit', 'log');
const signer = key('witness.example.org', 'witness');
const clock = () => NOW;

let root = '';
let store: Awaited<ReturnType<typeof openStore>>;
let state: ReturnType<typeof openWitnessState>;
let witness: Witness;
const ask: AskWitness = async (body) => witness.add(body);

const openLog = (name: string) =>
  openStore({ kind: 'sqlite', folder: join(root, name) }, auditSeal(log, clock, true));

const append = (to: typeof store, count: number, actor = 'admin') =>
  to.amend(
    [],
    Array.from({ length: count }, (_, at) => ({
      ...{ at: '2025-03-03T00:00:00.000Z', actor, action: 'a', reason: '', detail: {} },
      subject: `${at}`,
    })),
  );
const cosign = (from: AuditLog, known: number) => askWitness(from, signer, known, ask);

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'reeve-witness-'));
  store = await openLog('data');
  state = openWitnessState(join(root, 'witness'));
  witness = new Witness(signer, [log], state, clock);
});
afterEach(async () => {
  state.close();
  await store.close();
  rmSync(root, { recursive: true });
});

describe('a witness', () => {
  it('signs a log that grows, again and again, and remembers it', async () => {
    let known = 0;
    for (const count of [0, 1, 300, 0, 17]) {
      await append(store, count);
      const { size, note, at } = await cosign(store, known);
      expect({ size, at }).toEqual({ size: (await store.auditHead()).size, at: NOW });
      expect(signatureOf(readNote(note), signer)).toBeDefined();
      expect(signatureOf(readNote(note), log)).toBeDefined();
      expect(witness.latest(log.name)).toBe(note);
      known = size;
    }
  });

  it('tells a log that has forgotten it how far it has come', async () => {
    await append(store, 10);
    await cosign(store, 0);
    await append(store, 10);
    expect(await cosign(store, 0)).toMatchObject({ size: 20 });
  });

  it.each([
    ['is shorter', 5, 'admin'],
    ['is as long, and another one', 10, 'mallory'],
    ['is longer, and another one', 15, 'mallory'],
  ])('does not sign a log that %s, whoever signed that', async (_, count, actor) => {
    await append(store, 10);
    await cosign(store, 0);
    const other = await openLog('other');
    try {
      await append(other, count, actor);
      const { checkpoint } = await other.auditHead();
      for (const known of [0, 10]) {
        await expect(cosign(other, known)).rejects.toMatchObject({ code: 'witness/conflict' });
      }
      expect(state.latest(log.name)).not.toContain(checkpoint);
    } finally {
      await other.close();
    }
  });

  it.each([
    ['nothing', () => '', 400],
    ['no checkpoint', () => 'old 0\n\nx', 400],
    ['a size that is no number', (note: string) => `old 01\n\n${note}`, 400],
    [
      'an old size beyond it',
      (note: string) => writeRequest({ old: 9, proof: [], checkpoint: note }),
      400,
    ],
    [
      'another old size',
      (note: string) => writeRequest({ old: 1, proof: [], checkpoint: note }),
      409,
    ],
    [
      'hashes that prove nothing',
      (note: string) => writeRequest({ old: 0, proof: [Buffer.alloc(32)], checkpoint: note }),
      422,
    ],
    ['a log that it does not know', () => asked(key('another', 'log')), 404],
    ['a log of the same name with another key', () => asked(key(log.name, 'log')), 403],
  ])('refuses %s', async (_, body, status) => {
    await append(store, 3);
    const { checkpoint } = await store.auditHead();
    expect(witness.add(body(checkpoint))).toMatchObject({ status });
    expect(state.latest(log.name)).toBeUndefined();
  });

  it('signs one of two that come at once', async () => {
    await append(store, 3);
    const { checkpoint } = await store.auditHead();
    expect(state.advance(log.name, undefined, checkpoint)).toBe(true);
    expect(state.advance(log.name, undefined, 'another')).toBe(false);
    expect(state.advance(log.name, 'another', 'third')).toBe(false);
    expect(state.latest(log.name)).toBe(checkpoint);
  });

  it('answers whatever arrives', () => {
    const lines = fc.array(fc.constantFrom('old 0', 'old 3', '', 'x', '\n', log.name, '0'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          lines.map((all) => all.join('\n')),
        ),
        (body) => {
          expect([400, 403, 404, 409, 422]).toContain(witness.add(body).status);
        },
      ),
    );
  });

  it('is asked over HTTP', async () => {
    const server = witnessServer(witness, [log.name]);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await append(store, 3);
      const { note } = await askWitness(store, signer, 0, async (body) => {
        const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
        return { status: response.status, body: await response.text() };
      });

      const path = `${url}/${hash('sha256', log.name, 'hex')}/checkpoint`;
      expect(await (await fetch(path)).text()).toBe(note);
      expect((await fetch(`${url}/x/checkpoint`)).status).toBe(404);
      const large = await fetch(`${url}/add-checkpoint`, {
        method: 'POST',
        body: 'x'.repeat(40_000),
      });
      expect(large.status).toBe(400);
      await brokenOff(url);
      expect((await fetch(path)).status).toBe(200);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('that is away, or answers something else, is told', async () => {
    const away = askWitness(store, signer, 0, () => Promise.reject(new Error('refused')));
    await expect(away).rejects.toMatchObject({ code: 'witness/unavailable' });
    for (const answer of [
      { status: 500, body: 'x' },
      { status: 200, body: '' },
      { status: 200, body: key(signer.name, 'witness').sign('x\n', NOW) },
    ]) {
      const asked = askWitness(store, signer, 0, async () => answer);
      await expect(asked).rejects.toMatchObject({ code: 'witness/answer-malformed' });
    }
  });
});

const asked = (by: ReturnType<typeof key>): string => {
  const checkpoint = signCheckpoint({ size: 3, root: Buffer.alloc(32) }, by, NOW);
  return writeRequest({ old: 0, proof: [], checkpoint });
};

/** A request that ends in the middle. */
function brokenOff(url: string): Promise<void> {
  const request = http.request(`${url}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-length': 1_000 },
  });
  return new Promise((resolve) => {
    request.on('error', () => resolve());
    request.write('old', () => request.destroy(new Error('gone')));
  });
}
