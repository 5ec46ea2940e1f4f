import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { GrpcClient } from '../../../base/grpc/index.ts';
import { type Served, serve } from '../../../base/grpc/testing/serve.ts';
import { POLICY_FEED_FILE } from './description.ts';
import { type FeedCaller, POLICY_FEED, PolicySlices, policyFeed, readSlice } from './index.ts';
import { grantOf, identityOf, MAIL, ORDERS, SHOP, WEB } from './testing/policies.ts';

const PROTO = readFileSync(join(import.meta.dirname, 'testdata', 'policy_feed.proto'), 'utf8');
const { root } = protobuf.parse(PROTO, { keepCase: true });
const Request = root.lookupType('reeve.policy.v1.WatchRequest');
const Response = root.lookupType('reeve.policy.v1.WatchResponse');
const WATCH = `/${POLICY_FEED}/Watch`;

interface Told {
  readonly revision: string;
  readonly policy: Buffer;
}

let slices: PolicySlices;
let ids: readonly string[] | undefined | Fault;
let confirmed: number;
let refusal: Fault | undefined;
let listeners: Set<() => void>;
let served: Served;
let session: ClientHttp2Session;
let over: AbortController;

beforeEach(async () => {
  slices = new PolicySlices();
  slices.replace(SHOP);
  ids = [identityOf(ORDERS)];
  confirmed = 0;
  refusal = undefined;
  listeners = new Set();
  over = new AbortController();
  const caller: FeedCaller = {
    identities: () => {
      if (ids instanceof Fault) throw ids;
      return ids;
    },
    confirm: async () => {
      confirmed++;
      if (refusal) throw refusal;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const forCaller = (_: unknown, work: (one: FeedCaller) => Promise<void>) => work(caller);
  served = await serve({ services: [policyFeed({ forCaller, slices, waitMs: 200 })] });
  session = connect(served.origin);
});
afterEach(async () => {
  over.abort(new Error('the test is over'));
  session.destroy();
  await served.close();
});

/** What a workload is told that has kept a revision, or none. */
function watching(revision = ''): AsyncGenerator<Told> {
  const client = new GrpcClient(session, { maxMessageBytes: 1_000_000 });
  const request = Request.encode({ revision }).finish();
  const stream = client.serverStream(WATCH, request, { signal: over.signal });
  return (async function* () {
    for await (const message of stream) yield Response.decode(message) as unknown as Told;
  })();
}

async function next(told: AsyncGenerator<Told>): Promise<Told> {
  const { value, done } = await told.next();
  if (done) throw new Error('the stream has ended');
  return value as Told;
}

const granted = (...operations: string[]) => ({
  ...SHOP,
  grants: operations.map((operation) => grantOf(WEB, ORDERS, operation)),
});
const operationsOf = ({ policy }: Told) => readSlice(policy).grants.map((one) => one.operation);

describe('the feed of policy', () => {
  it('is what its .proto file says', () => {
    const set = { file: [descriptor.FileDescriptorProto.decode(POLICY_FEED_FILE.bytes)] };
    // The types of the package do not know of its extension.
    const described = (
      protobuf.Root as unknown as { fromDescriptor(set: unknown): protobuf.Root }
    ).fromDescriptor(set);
    const plain = (from: protobuf.Namespace) => {
      const text = JSON.stringify(from.resolveAll().lookup('reeve.policy.v1'));
      return JSON.parse(text.replaceAll('.reeve.policy.v1.', ''));
    };
    expect(plain(described)).toEqual(plain(root));
  });

  it('tells a workload its policy, and each change of it', async () => {
    const told = watching();
    const first = await next(told);
    expect(readSlice(first.policy).callees).toEqual([ORDERS]);
    expect(first.revision).toBe(slices.of([identityOf(ORDERS)])?.revision);
    slices.replace(granted('POST /orders'));
    expect(operationsOf(await next(told))).toEqual(['POST /orders']);
    expect(confirmed).toBe(1);
  });

  it('tells nothing where nothing has changed for it', async () => {
    const told = watching();
    await next(told);
    slices.replace({ ...SHOP, grants: [...SHOP.grants, grantOf(WEB, MAIL, 'POST /mails')] });
    await turn();
    slices.replace(granted('POST /orders'));
    expect(operationsOf(await next(told))).toEqual(['POST /orders']);
    expect(confirmed).toBe(1);
  });

  it('does not send again what its caller has, and says that it holds', async () => {
    const { revision = '' } = slices.of([identityOf(ORDERS)]) ?? {};
    const told = watching(revision);
    expect(await next(told)).toMatchObject({ revision, policy: Buffer.alloc(0) });
    slices.replace(granted('POST /orders'));
    await next(told);
    slices.replace(SHOP);
    // it may have kept the newer one meanwhile
    expect((await next(told)).policy.length).toBeGreaterThan(0);
  });

  it('waits for what is not known yet, and sends workloads away that have waited for long', async () => {
    slices.drop();
    const told = watching();
    const first = next(told);
    await turn();
    slices.replace(SHOP);
    expect(readSlice((await first).policy).callees).toEqual([ORDERS]);
    ids = undefined;
    await expect(next(watching())).rejects.toThrow(/known within 0\.2 seconds/);
  });

  it('keeps streams open while nothing is known for a while', async () => {
    const told = watching();
    await next(told);
    slices.drop();
    await turn();
    slices.replace(granted('POST /orders'));
    expect(operationsOf(await next(told))).toEqual(['POST /orders']);
  });

  it('follows what a workload is, and ends where it is nobody any more, or has become another', async () => {
    const told = watching();
    await next(told);
    ids = [identityOf(WEB)];
    for (const tell of listeners) tell();
    expect(readSlice((await next(told)).policy).callees).toEqual([WEB]);
    const other = watching();
    await next(other);
    ids = new Fault('identity/entry-forbidden', 'No entry matches');
    for (const tell of listeners) tell();
    await expect(next(told)).rejects.toThrow(
      expect.objectContaining({
        code: 'peer/forbidden',
        message: expect.stringContaining('No entry'),
      }),
    );
    await expect(next(other)).rejects.toThrow(/No entry/);
    ids = [identityOf(ORDERS)];
    const third = watching();
    await next(third);
    refusal = new Fault('identity/workload-unavailable', 'It has become another');
    slices.replace(granted('POST /orders'));
    await expect(next(third)).rejects.toThrow(/become another/);
  });

  it('lets go of everything when its caller is gone', async () => {
    const told = watching();
    await next(told);
    expect(listeners.size).toBe(1);
    await told.return(undefined);
    while (listeners.size > 0) await turn();
  });
});
