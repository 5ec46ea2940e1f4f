import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DescribedFile } from '../../base/grpc/index.ts';
import type { Selector } from '../registration/index.ts';
import {
  type Entitled,
  type Entitlement,
  serveWorkloadApi,
  WorkloadApiConfig,
  type WorkloadApiServer,
} from '../workload-api/index.ts';
import { NOTHING, World } from '../workload-api/testing/world.ts';
import { SdsConfig, type SdsEvent, secretDiscovery } from './index.ts';
import { type DiscoveryClient, discoveryClient, type Told } from './testing/client.ts';
import { TestDomain } from './testing/domain.ts';
import { protos } from './testing/protos.ts';

const CODES = { invalid: 3, denied: 7, unavailable: 14 };
const STREAMS = ['StreamSecrets', 'StreamAggregatedResources'];
const DELTAS = ['DeltaSecrets', 'DeltaAggregatedResources'];
const ORDERS = 'spiffe://example.org/orders';
const domain = new TestDomain('example.org', Date.now());
const other = new TestDomain('other.example', Date.now());

/** With another certificate each time. */
function entitled(change: Partial<Entitled> = {}): Entitled {
  return {
    kind: 'entitled',
    svids: [domain.svid('/orders')],
    bundles: [domain.bundle],
    crls: [],
    ...change,
  };
}

let folder: string;
let world: World;
let server: WorkloadApiServer;
let client: DiscoveryClient;
let log: { readonly fields: Record<string, unknown>; readonly message: string }[];
let counts: SdsEvent[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-sds-'));
  world = new World();
  world.entitlement = entitled();
  log = [];
  counts = [];
  server = await serveWorkloadApi(world, {
    path: join(folder, 'w.sock'),
    config: WorkloadApiConfig.parse({ waitSeconds: 1 }),
    more: (ports) =>
      secretDiscovery(ports, {
        config: SdsConfig.parse({ maxNames: 4 }),
        log: { warn: (fields, message) => log.push({ fields, message }) },
        count: (event) => counts.push(event),
      }),
  });
  client = discoveryClient(server.address);
});
afterEach(async () => {
  client.close();
  await server.close(0);
  rmSync(folder, { recursive: true, force: true });
});

const namesOf = ({ secrets }: Told) => secrets.map(({ name }) => name);
const chainOf = ({ secrets }: Told) => secrets.find(({ chain }) => chain)?.chain;
const settled = async (holds: () => boolean) => {
  while (!holds()) await sleep(1);
};

/** Begins to follow by names. */
async function follow(names: readonly string[], method = 'StreamSecrets') {
  const stream = client.stream(method).ask({ resource_names: names });
  return { stream, first: await stream.next() };
}

describe.each(STREAMS)('%s', (method) => {
  it('tells an Envoy its secrets, and each change of them', async () => {
    const { stream, first } = await follow(['default', 'ROOTCA'], method);
    expect(namesOf(first)).toEqual(['default', 'ROOTCA']);
    const names = { resource_names: ['default', 'ROOTCA'] };
    stream.ask({ ...names, version_info: first.version, response_nonce: first.nonce });
    world.change(entitled());
    const second = await stream.next();
    expect(namesOf(second)).toEqual(['default']);
    expect(chainOf(second)).not.toBe(chainOf(first));
    world.change(entitled({ bundles: [other.bundle, domain.bundle], svids: [] as never }));
    world.change(entitled({ ...(world.entitlement as Entitled), crls: [domain.crl()] }));
    expect(namesOf(await stream.next())).toEqual(['ROOTCA']);
    expect(counts.filter((event) => event === 'sent')).toHaveLength(3);
    expect(world.calls.map(({ method: called, spiffeIds }) => [called, spiffeIds])).toEqual([
      [method, [ORDERS]],
      [method, [ORDERS]],
      [method, []],
    ]);
  });

  it('does not send again what an Envoy does not take, and says so', async () => {
    const { stream, first } = await follow(['default'], method);
    stream.ask({
      resource_names: ['default'],
      node: { id: 'orders-1' },
      response_nonce: first.nonce,
      error_detail: { message: 'Failed to load\ncertificate chain' },
    });
    await settled(() => log.length > 0);
    expect(log).toEqual([
      {
        message: 'an Envoy does not take its secrets',
        fields: {
          pid: 7,
          uid: 1_000,
          gid: 1_000,
          node: '`orders-1`',
          why: '`Failed to load\\u000acertificate chain`',
        },
      },
    ]);
    expect(counts).toEqual(['sent', 'rejected']);
    expect(stream.answers.waiting).toBe(0);
    world.change(entitled());
    expect(namesOf(await stream.next())).toEqual(['default']);
  });

  it('leaves out what is not there, says why, and sends it as soon as it is', async () => {
    const { stream, first } = await follow(['default', 'spiffe://other.example'], method);
    expect(namesOf(first)).toEqual(['default']);
    expect(log).toMatchObject([
      {
        message: 'an Envoy asks for secrets that are not there',
        fields: { count: 1, names: [expect.stringContaining('neither of that trust domain')] },
      },
    ]);
    const { svids } = world.entitlement as Entitled;
    world.change(entitled({ svids, bundles: [domain.bundle, other.bundle] }));
    expect(namesOf(await stream.next())).toEqual(['spiffe://other.example']);
    world.change(entitled({ svids, bundles: [domain.bundle] }));
    const [withdrawn] = (await stream.next()).secrets;
    expect(Object.keys(withdrawn?.domains ?? {})).toEqual(['nobody.invalid']);
  });

  it.each([
    ['more names than may be asked for', { resource_names: ['a', 'b', 'c', 'd', 'e'] }, 'maxNames'],
    ['a long name', { resource_names: ['x'.repeat(2_049)] }, '2049 bytes'],
  ])('is ended by %s', async (_, request, why) => {
    const stream = client.stream(method).ask(request);
    await expect(stream.next()).rejects.toMatchObject({
      code: CODES.invalid,
      details: expect.stringContaining(why),
    });
  });
});

describe.each(DELTAS)('%s', (method) => {
  it('tells changes only, and what is not there', async () => {
    const stream = client.stream(method).ask({ resource_names_subscribe: ['default', 'ALL', 'x'] });
    const first = await stream.answers.next<DeltaTold>();
    expect(first.resources.map(({ name }) => name)).toEqual(['default', 'ALL']);
    expect(first.removed_resources).toEqual(['x']);
    world.change(entitled());
    const second = await stream.answers.next<DeltaTold>();
    expect(second.resources.map(({ name }) => name)).toEqual(['default']);
    const initial_resource_versions = Object.fromEntries(
      [...first.resources, ...second.resources].map(({ name, version }) => [name, version]),
    );
    // A new stream of one that has everything already hears nothing until there is something new.
    const again = client.stream(method).ask({
      resource_names_subscribe: ['default', 'ALL'],
      initial_resource_versions,
    });
    await settled(() => world.watchers === 2);
    world.change(entitled());
    const third = await again.answers.next<DeltaTold>();
    expect(third.resources.map(({ name }) => name)).toEqual(['default']);
    expect(third.resources[0]?.version).not.toBe(second.resources[0]?.version);
  });
});

interface DeltaTold {
  readonly resources: readonly { readonly name: string; readonly version: string }[];
  readonly removed_resources: readonly string[];
}

describe('FetchSecrets', () => {
  it('gives what is there now', async () => {
    const told = await client.fetch({ resource_names: ['ROOTCA', 'x', 'default'] });
    expect(namesOf(told)).toEqual(['ROOTCA', 'default']);
    expect(told.nonce).toBe('');
    expect(namesOf(await client.fetch({}))).toEqual([ORDERS, 'spiffe://example.org']);
    expect(world.watchers).toBe(0);
  });

  it.each([
    [{ type_url: 'type.googleapis.com/envoy.config.cluster.v3.Cluster' }, CODES.invalid],
    [{ resource_names: ['a', 'b', 'c', 'd', 'e'] }, CODES.invalid],
  ])('of %j is refused', async (request, code) => {
    await expect(client.fetch(request)).rejects.toMatchObject({ code });
  });
});

describe('an Envoy', () => {
  const first: [string, () => Promise<unknown>][] = [
    ...STREAMS.map((method): [string, () => Promise<unknown>] => [
      method,
      () =>
        client
          .stream(method)
          .ask({ resource_names: ['default'] })
          .next(),
    ]),
    ...DELTAS.map((method): [string, () => Promise<unknown>] => [
      method,
      () =>
        client
          .stream(method)
          .ask({ resource_names_subscribe: ['default'] })
          .next(),
    ]),
    ['FetchSecrets', () => client.fetch({ resource_names: ['default'] })],
  ];

  it.each(first)('that is entitled to nothing is told why: %s', async (method, ask) => {
    world.entitlement = { kind: 'none', why: NOTHING };
    const details =
      'No identity is issued: of 3 entries none matches. Seen: unix:gid:1000, unix:uid:1000';
    await expect(ask()).rejects.toMatchObject({ code: CODES.denied, details });
    expect(world.calls).toMatchObject([{ method, refusedFor: details, spiffeIds: [] }]);
    expect(world.watchers).toBe(0);
  });

  it.each(first)('that is not let in is told why: %s', async (method, ask) => {
    const because = 'the process has ended';
    world.attestation = { kind: 'refused', code: 'identity/attestation-forbidden/ended', because };
    await expect(ask()).rejects.toMatchObject({ code: CODES.denied, details: because });
    expect(world.calls).toMatchObject([{ method, refusedFor: because }]);
    expect(world.watched).toEqual([]);
  });

  it('is told nothing more when it is entitled to nothing any more', async () => {
    const { stream } = await follow(['default']);
    world.change({ kind: 'none', why: NOTHING });
    await expect(stream.next()).rejects.toMatchObject({ code: CODES.denied });
    expect(world.watchers).toBe(0);
  });

  it('is told nothing more when it has become another process', async () => {
    const { stream } = await follow(['default']);
    const selectors = ['unix:uid:0'] as readonly Selector[];
    world.attestation = { kind: 'attested', selectors, notes: [], facts: {} };
    world.change(entitled());
    await expect(stream.next()).rejects.toMatchObject({ code: CODES.unavailable });
  });

  it('is told nothing before it asks, and nobody is issued anything for it', async () => {
    client.stream();
    await settled(() => world.attestations > 0);
    expect(world.watched).toEqual([]);
  });

  it('waits while nothing is known, and is told as soon as something is', async () => {
    world.entitlement = { kind: 'starting', because: 'the server has not been reached' };
    const stream = client.stream().ask({ resource_names: ['default'] });
    await settled(() => world.watchers === 1);
    world.change(entitled());
    expect(namesOf(await stream.next())).toEqual(['default']);
    world.change({ kind: 'starting', because: 'the server is away' });
    world.change(entitled());
    expect(namesOf(await stream.next())).toEqual(['default']);
  });

  it.each([
    ['the server has not been reached', { kind: 'starting' } as const],
    ['not issued within 1 seconds', undefined],
  ])('is to ask again where nothing is known for too long: %s', async (because, starting) => {
    world.watch = (_, tell) => {
      if (starting) tell({ ...starting, because });
      return () => {};
    };
    const stream = client.stream().ask({ resource_names: ['default'] });
    await expect(stream.next()).rejects.toMatchObject({
      code: CODES.unavailable,
      details: expect.stringContaining(because),
    });
  });

  it('that only asks once and then listens is answered', async () => {
    const tells: ((entitlement: Entitlement) => void)[] = [];
    world.watch = (_, tell) => {
      tells.push(tell);
      return () => {};
    };
    const stream = client.stream().ask({ resource_names: ['default'] });
    stream.raw.end();
    await settled(() => tells.length > 0);
    tells[0]?.(entitled());
    expect(namesOf(await stream.next())).toEqual(['default']);
    await settled(() => server.calls.count === 0);
  });

  it('leaves nothing behind when it goes away', async () => {
    const { stream } = await follow(['default']);
    stream.raw.on('error', () => {});
    stream.raw.cancel();
    await settled(() => server.calls.count === 0);
    expect(world.watchers).toBe(0);
    expect(world.calls.filter(({ refusedFor }) => refusedFor)).toEqual([]);
  });

  it('is told to ask again when the server ends', async () => {
    const { stream } = await follow(['default']);
    await server.close(1_000);
    await expect(stream.next()).rejects.toMatchObject({ code: CODES.unavailable });
  });

  it('that is old is verified with as it can', async () => {
    const version = { major_number: 1, minor_number: 17, patch: 0 };
    const stream = client.stream().ask({
      node: { id: 'old', user_agent_build_version: { version } },
      resource_names: ['ROOTCA', 'ALL'],
    });
    const { secrets } = await stream.next();
    expect(secrets).toEqual([{ name: 'ROOTCA', trusted: expect.stringContaining('CERTIFICATE') }]);
    expect(log).toMatchObject([
      { fields: { node: '`old`', names: [expect.stringContaining('validator of SPIFFE')] } },
    ]);
  });

  it('lists all that it is built of, and is heard nevertheless', async () => {
    const metadata = { fields: { extensions: { stringValue: 'x'.repeat(300_000) } } };
    const stream = client.stream().ask({ node: { id: 'big', metadata }, resource_names: ['ALL'] });
    expect(namesOf(await stream.next())).toEqual(['ALL']);
  });

  it('that takes revoked certificates is written down', async () => {
    const two = new TestDomain('example.org', Date.now());
    two.addRoot();
    const svids = [two.svid('/orders')];
    world.entitlement = entitled({ svids, bundles: [two.bundle], crls: [two.crl()] });
    const { stream } = await follow(['ALL']);
    world.change(entitled({ svids, bundles: [two.bundle, other.bundle], crls: [two.crl()] }));
    await stream.next();
    expect(log).toMatchObject([{ fields: { trustDomains: ['example.org'] } }]);
  });
});

describe('a list of revoked certificates', () => {
  it('is taken back before it is too old, though nothing else has changed', async () => {
    const good = new TestDomain('example.org', Date.now());
    world.entitlement = entitled({
      svids: [good.svid('/orders')],
      bundles: [good.bundle],
      crls: [good.crl(good.root(0), 64_500 / 3_600_000)],
    });
    const { stream, first } = await follow(['ROOTCA']);
    expect(first.secrets[0]?.domains?.['example.org']).toContain('X509 CRL');
    expect(log).toEqual([]);
    const [second] = (await stream.next()).secrets;
    expect(second?.domains?.['example.org']).not.toContain('X509 CRL');
    expect(log).toMatchObject([{ fields: { trustDomains: ['example.org'] } }]);
  });
});

describe('resources of another type', () => {
  const type_url = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';

  it.each(['StreamAggregatedResources', 'DeltaAggregatedResources'])(
    'are not there over %s, and secrets are nevertheless',
    async (method) => {
      const stream = client.stream(method).ask({ type_url }).ask({ type_url });
      const names = ['default'];
      stream.ask({ resource_names: names, resource_names_subscribe: names });
      expect((await stream.answers.next<{ resources: unknown[] }>()).resources).toHaveLength(1);
      expect(log).toMatchObject([{ fields: { type: `\`${type_url}\`` } }]);
      expect(counts).toEqual(['other-type', 'sent']);
    },
  );

  it.each([
    ['StreamSecrets', { type_url }],
    ['DeltaSecrets', { type_url }],
    ['StreamAggregatedResources', { type_url: '' }],
  ])('end a stream of %s', async (method, request) => {
    await expect(client.stream(method).ask(request).next()).rejects.toMatchObject({
      code: CODES.invalid,
      details: expect.stringContaining('no resources of the type'),
    });
  });
});

describe('many Envoys', () => {
  it('all hear of a change, and what they have alike is made once', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        follow(['default', 'ALL'], STREAMS[index % STREAMS.length]),
      ),
    );
    world.change(entitled());
    const seconds = await Promise.all(all.map(({ stream }) => stream.next()));
    expect(new Set(seconds.map(chainOf)).size).toBe(1);
    expect(new Set(seconds.map(({ version }) => version)).size).toBe(1);
    client.close();
    for (const { stream } of all) {
      stream.raw.on('error', () => {});
      stream.raw.cancel();
    }
    await settled(() => server.calls.count === 0);
    expect([world.watchers, server.calls.heldBytes]).toEqual([0, 0]);
  });
});

describe('what reflection says', () => {
  it('is what the .proto files say', () => {
    const services = secretDiscovery(world, {
      config: SdsConfig.parse({}),
      log: { warn: () => {} },
    });
    const all = new Map<string, DescribedFile>();
    const add = (file: DescribedFile): void => {
      for (const one of file.imports) add(one);
      all.set(file.name, file);
    };
    for (const { files = [] } of services) files.forEach(add);
    const file = [...all.values()].map(({ bytes }) => descriptor.FileDescriptorProto.decode(bytes));
    const asDescriptors = protobuf.Root as unknown as {
      fromDescriptor(set: unknown): protobuf.Root;
    };
    const told = shapeOf(asDescriptors.fromDescriptor({ file }).resolveAll());
    expect(told).toEqual(shapeOf(protos.resolveAll()));
    expect(told).toContain('service envoy.service.secret.v3.SecretDiscoveryService');
    expect(told.length).toBeGreaterThan(50);
  });
});

/** All that is in the packages of Envoy, a line each. */
function shapeOf(namespace: protobuf.NamespaceBase): string[] {
  const lines = namespace.nestedArray.flatMap((one) => {
    const name = one.fullName.slice(1);
    if (one instanceof protobuf.Type) {
      return one.fieldsArray.map((field) => {
        const type = field.resolvedType?.fullName.slice(1) ?? field.type;
        // Descriptors have maps as lists of entries.
        const isMap = field instanceof protobuf.MapField || type.endsWith('Entry');
        const what = isMap ? 'map' : `${field.repeated} ${type}`;
        return `${name}.${field.name} = ${field.id} ${what}`;
      });
    }
    if (one instanceof protobuf.Service) {
      const methods = one.methodsArray.map((method) => {
        const { resolvedRequestType: asked, resolvedResponseType: answered } = method;
        const streams = `${Boolean(method.requestStream)} ${Boolean(method.responseStream)}`;
        return `${name}/${method.name} ${asked?.fullName} ${answered?.fullName} ${streams}`;
      });
      return [`service ${name}`, ...methods];
    }
    return one instanceof protobuf.Namespace ? shapeOf(one) : [];
  });
  return lines.filter((line) => line.includes('envoy.')).sort();
}
