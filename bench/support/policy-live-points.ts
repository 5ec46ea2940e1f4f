import { type ClientHttp2Session, connect } from 'node:http2';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ReevePolicy, reevePolicy } from '../../sdk/src/index.ts';
import { RBAC_RESOURCES } from '../../src/authorization/enforcement/envoy/index.ts';
import { EXT_AUTHZ } from '../../src/authorization/enforcement/ext-authz/index.ts';
import {
  checkRequest,
  told,
} from '../../src/authorization/enforcement/ext-authz/testing/messages.ts';
import { GrpcClient } from '../../src/base/grpc/index.ts';
import { textField } from '../../src/base/protobuf/index.ts';

/** What obeys a policy, each by its own way: resolves when it does what is wanted. */
export interface Point {
  readonly name: string;
  /** Once it lets in, or refuses, what the bench asks for. */
  until(isAllowed: boolean, signal: AbortSignal): Promise<void>;
  close(): void;
}

const TRUST_DOMAIN = 'reeve.local';
const CALLER = '/ns/shop/sa/web';
const CALLEE = `spiffe://${TRUST_DOMAIN}/ns/shop/sa/orders`;
const [METHOD, PATH] = ['POST', '/orders'] as const;
const BETWEEN_MS = 5;
const READY_MS = 300_000;

/** Asks again and again. */
function asking(name: string, ask: () => Promise<boolean>, close = () => {}): Point {
  return {
    name,
    until: async (isAllowed, signal) => {
      while ((await ask()) !== isAllowed) await sleep(BETWEEN_MS, undefined, { signal });
    },
    close,
  };
}

export function extAuthz(envoyAddress: string): Point {
  const open = () => {
    const session = connect(`http://${envoyAddress}`);
    return { session, client: new GrpcClient(session, { maxMessageBytes: 100_000 }) };
  };
  let { session, client } = open();
  const message = checkRequest({
    source: { principal: `spiffe://${TRUST_DOMAIN}${CALLER}` },
    destination: { principal: CALLEE },
    request: { http: { method: METHOD, path: PATH, headers: {} } },
  });
  const ask = async () => {
    // the server ends connections that nothing is asked on, as while a first bundle is made
    if (session.closed) ({ session, client } = open());
    return (
      told(await client.unary(`/${EXT_AUTHZ}/Check`, message, { timeoutMs: 60_000 })).code === 0
    );
  };
  return asking('ext_authz over gRPC', ask, () => session.close());
}

export function dataApi(origin: string): Point {
  const caller = { spiffe_id: `spiffe://${TRUST_DOMAIN}${CALLER}`, proof: 'mtls' };
  const input = { caller, method: METHOD, path: PATH, service: 'shop/orders' };
  return asking('data API of OPA', async () => {
    const response = await fetch(`${origin}/v1/data/reeve/authz/allow`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input }),
    });
    return ((await response.json()) as { result: boolean }).result;
  });
}

/** This process is the service that is called. */
export async function sdk(socket: string): Promise<Point> {
  const policy: ReevePolicy = reevePolicy({ address: socket });
  await policy.source.ready(AbortSignal.timeout(READY_MS));
  const ask = async () => {
    const decision = await policy({
      caller: {
        ...{ spiffeId: `spiffe://${TRUST_DOMAIN}${CALLER}`, trustDomain: TRUST_DOMAIN },
        ...{ path: CALLER, proof: 'mtls', expiresAt: new Date(0) },
      },
      ...{ method: METHOD, path: PATH, template: undefined, service: undefined },
    });
    return decision.allowed;
  };
  return asking('a service with the SDK', ask, () => policy.source.close());
}

/** A stream of ECDS as an Envoy keeps it. */
export function ecds(socket: string): Point {
  const session: ClientHttp2Session = connect('http://localhost', {
    createConnection: () => createConnection(socket.replace('unix://', '')),
  });
  const stream = session.request({
    ':method': 'POST',
    ':path': '/envoy.service.extension.v3.ExtensionConfigDiscoveryService/StreamExtensionConfigs',
    'content-type': 'application/grpc',
    te: 'trailers',
    'workload.spiffe.io': 'true',
  });
  const [name = ''] = Object.keys(RBAC_RESOURCES);
  const type = 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig';
  stream.write(framed(Buffer.concat([textField(3, name), textField(4, type)])));
  let isAllowed: boolean | undefined;
  let rest = Buffer.alloc(0);
  stream.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (let size = sizeOf(rest); size <= rest.length; size = sizeOf(rest)) {
      isAllowed = rest.subarray(0, size).includes('POST');
      rest = rest.subarray(size);
    }
  });
  return asking(
    'rules of an Envoy by ECDS',
    async () => isAllowed ?? false,
    () => session.destroy(),
  );
}

const PREFIX = 5;

function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const sizeOf = (bytes: Buffer): number =>
  bytes.length < PREFIX ? Number.POSITIVE_INFINITY : PREFIX + bytes.readUInt32BE(1);

/** An OPA that waits for the next bundle. */
export async function bundle(origin: string): Promise<Point> {
  const ask = (headers: Record<string, string>, signal?: AbortSignal) =>
    fetch(`${origin}/v1/bundles/reeve`, { headers, ...(signal && { signal }) });
  const first = await ask({});
  await first.arrayBuffer();
  let known = first.headers.get('etag') ?? '';
  return {
    name: 'a new bundle for OPAs by long poll',
    until: async (_, signal) => {
      for (;;) {
        const headers = { 'if-none-match': known, prefer: 'modes=snapshot,delta;wait=40' };
        const answer = await ask(headers, signal);
        await answer.arrayBuffer();
        if (answer.status !== 200) continue;
        known = answer.headers.get('etag') ?? '';
        return;
      }
    },
    close: () => {},
  };
}
