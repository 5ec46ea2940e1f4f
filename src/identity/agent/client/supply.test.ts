import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import type { GrpcClient } from '../../../base/grpc/index.ts';
import type { SupplyChange } from '../../host/index.ts';
import type { Entry } from '../../registration/index.ts';
import { entryWith } from '../../registration/testing/entries.ts';
import { writeBundle } from '../../spiffe/index.ts';
import { readCsr } from '../../x509/index.ts';
import {
  readMessage,
  writeBundleItem,
  writeEntry,
  writeMessage,
  writeUpdate,
} from '../protocol/index.ts';
import { BY, ServerRig } from '../testing/server.ts';
import { Known } from './known.ts';
import { RemoteSupply } from './supply.ts';

const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const SELECTORS = ['unix:uid:1000'];
const NONE = { isFirst: false, isWhole: true, reissueAt: 0 };

let authority: ServerRig;
let known: Known;
let supply: RemoteSupply;
let changes: SupplyChange[];
let entry: Entry;
/** What the server answers to a request. */
let answer: (path: string, request: Buffer) => Promise<Buffer>;
let agent: string | undefined;
let closedFor: string | undefined;
beforeEach(async () => {
  authority = await ServerRig.start();
  known = new Known();
  changes = [];
  agent = AGENT;
  closedFor = undefined;
  entry = entryWith({ selectors: SELECTORS });
  answer = signed;
  supply = new RemoteSupply({
    trustDomain: 'example.org',
    known,
    client: async () =>
      ({
        unary: (path: string, request: Buffer) => answer(path, request),
      }) as unknown as GrpcClient,
    agent: () => agent,
    closedFor: () => closedFor,
    clock: Date.now,
  });
  supply.onChange((change) => changes.push(change));
  tellBundle(authority);
});
afterEach(() => authority.close());

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

function tellBundle({ bundle }: ServerRig): void {
  const put = [writeBundleItem('example.org', writeBundle(bundle))];
  known.take(writeUpdate([{ kind: 'bundles', put, gone: [] }], NONE), (all) => supply.changed(all));
}

/** As a server does it. */
async function signed(_: string, request: Buffer, publicKey?: Buffer, of = entry): Promise<Buffer> {
  const { csr } = readMessage('SignX509Request', request);
  const spki = publicKey ?? readCsr(csr).publicKey.spki;
  const { chain, expiresAt } = await authority.supply.issueX509For({ entry: of, by: BY }, spki);
  return writeMessage('SignX509Response', { chain, expires_at: expiresAt });
}

describe('identities from a server far away', () => {
  it('are issued for keys that stay here', async () => {
    const key = newKey();
    answer = async (path, request) => {
      expect(path).toBe('/reeve.agent.v1.Agent/SignX509');
      const { csr, entry_id: id } = readMessage('SignX509Request', request);
      expect(id).toBe(entry.id);
      expect(readCsr(csr)).toMatchObject({ names: { uris: [entry.spiffeId] } });
      return signed(path, request);
    };
    const { chain, expiresAt } = await supply.issueX509({ entry, key });
    expect(chain.length).toBe(1);
    expect(expiresAt).toBeGreaterThan(Date.now());
  });

  it.each<[string, () => typeof answer, RegExp]>([
    [
      'of another identity',
      () => {
        const other = entryWith({ spiffeId: 'spiffe://example.org/ns/shop/sa/payments' });
        return (path, request) => signed(path, request, undefined, other);
      },
      /another SVID than that of/,
    ],
    [
      'of another key',
      () => {
        const spki = newKey().publicKey.export({ format: 'der', type: 'spki' });
        return (path, request) => signed(path, request, spki);
      },
      /another SVID than that of/,
    ],
    [
      'without a certificate',
      () => async () => writeMessage('SignX509Response', {}),
      /no certificate/,
    ],
    ['that is none', () => async () => Buffer.from('hello'), /not valid protobuf/],
  ])('are not handed out %s', async (_, make, words) => {
    answer = make();
    await expect(supply.issueX509({ entry, key: newKey() })).rejects.toThrow(words);
  });

  it('are not handed out where nothing that is known signed them, nor before anything is', async () => {
    const other = await ServerRig.start();
    try {
      tellBundle(other);
      await expect(supply.issueX509({ entry, key: newKey() })).rejects.toThrow(Fault);
      known.drop();
      await expect(supply.issueX509({ entry, key: newKey() })).rejects.toThrow(
        /not told its trust bundle/,
      );
    } finally {
      await other.close();
    }
  });

  it('are all issued anew when what signed one of them is trusted no more, notice or not', async () => {
    await supply.issueX509({ entry, key: newKey() });
    changes = [];
    tellBundle(authority);
    expect(changes).toEqual(['trust']);
    const other = await ServerRig.start();
    try {
      changes = [];
      tellBundle(other);
      expect(changes).toEqual(['trust', 'reissue']);
      changes = [];
      tellBundle(authority);
      expect(changes).toEqual(['trust']);
    } finally {
      await other.close();
    }
  });

  it('are matched with what was told, and with the name of this agent', () => {
    const tell = (put: readonly Entry[]) =>
      known.take(
        writeUpdate([{ kind: 'entries', put: put.map(writeEntry), gone: [] }], {
          ...NONE,
          isFirst: true,
        }),
        () => {},
      );
    tell([entry, entryWith({ selectors: SELECTORS, parent: `${AGENT}-2`, hint: 'x' })]);
    const matched = supply.match(SELECTORS);
    expect(matched.kind === 'matches' && matched.matches.map((one) => one.entry.id)).toEqual([
      entry.id,
    ]);
    expect(supply.match(SELECTORS, 'spiffe://example.org/other').kind).toBe('none');
    expect(supply.match(['unix:uid:1'])).toMatchObject({ kind: 'none', why: { entryCount: 2 } });
    expect([supply.asksFor('unix', 'uid'), supply.asksFor('unix', 'sha256')]).toEqual([
      true,
      false,
    ]);
    agent = undefined;
    expect(supply.match(SELECTORS)).toMatchObject({ kind: 'starting' });
    agent = AGENT;
    closedFor = 'this agent is denied';
    expect(supply.match(SELECTORS)).toEqual({ kind: 'starting', because: closedFor });
  });
});
