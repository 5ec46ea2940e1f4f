import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  serveWorkloadApi,
  WorkloadApiConfig,
  type WorkloadApiServer,
} from '../workload-api/index.ts';
import { AnswerStream } from '../workload-api/testing/client.ts';
import { entitled, NOTHING, ORDERS, svid, World } from '../workload-api/testing/world.ts';
import { type DiscoverySource, type Resource, SdsConfig, secretDiscovery } from './index.ts';
import { SECRET_TYPE } from './messages.ts';
import { read, write } from './testing/protos.ts';

const TYPE = 'type.googleapis.com/test.Colour';
const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService';
const OWN = '/test.ColourDiscoveryService';

/** Colours by name, for each workload. */
class Colours implements DiscoverySource {
  readonly typeUrl = TYPE;
  readonly what = 'colours';
  readonly service = { name: OWN.slice(1), stream: 'StreamColours', delta: 'DeltaColours' };
  colours: Readonly<Record<string, string>> = { front: 'red', back: 'blue' };
  readonly asked: (readonly string[])[] = [];
  readonly listeners = new Set<() => void>();

  resourcesFor(spiffeIds: readonly string[]) {
    this.asked.push(spiffeIds);
    const toResource = (name: string, colour: string): Resource => ({
      name,
      version: colour,
      body: Buffer.from(`${spiffeIds.length} ${colour}`),
    });
    return {
      names: Object.keys(this.colours),
      find: (name: string) => {
        const colour = this.colours[name];
        return colour === undefined ? undefined : toResource(name, colour);
      },
      withdrawn: (name: string) => (name === 'front' ? toResource(name, 'none') : undefined),
    };
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(colours: Readonly<Record<string, string>>): void {
    this.colours = colours;
    for (const listener of this.listeners) listener();
  }
}

interface Response {
  readonly nonce: string;
  readonly type_url: string;
  readonly resources: readonly { readonly type_url: string; readonly value: Uint8Array }[];
}

interface DeltaResponse {
  readonly nonce: string;
  readonly type_url: string;
  readonly resources: readonly {
    readonly name: string;
    readonly resource: { readonly value: Uint8Array };
  }[];
  readonly removed_resources: readonly string[];
}

let folder: string;
let world: World;
let colours: Colours;
let server: WorkloadApiServer;
let client: Client;
let log: { readonly fields: object; readonly message: string }[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-sds-'));
  world = new World();
  colours = new Colours();
  log = [];
  server = await serveWorkloadApi(world, {
    path: join(folder, 'w.sock'),
    config: WorkloadApiConfig.parse({ waitSeconds: 1 }),
    more: (ports) =>
      secretDiscovery(ports, {
        config: SdsConfig.parse({}),
        log: { warn: (fields, message) => log.push({ fields, message }) },
        sources: [colours],
      }),
  });
  client = new Client(`unix:${join(folder, 'w.sock')}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
});
afterEach(async () => {
  client.close();
  await server.close(0);
  rmSync(folder, { recursive: true, force: true });
});

/** A stream of an Envoy, by either protocol. */
class Stream<Answer> {
  readonly raw: ClientDuplexStream<object, Answer>;
  readonly #answers: AnswerStream;

  constructor(path: string) {
    const kind = path.includes('/Delta') ? 'Delta' : '';
    this.raw = client.makeBidiStreamRequest<object, Answer>(
      path,
      (request) => write(`${kind}DiscoveryRequest`, request),
      (bytes) => read<Answer>(`${kind}DiscoveryResponse`, bytes),
    );
    this.#answers = new AnswerStream(this.raw as never);
  }

  ask(request: object): this {
    this.raw.write(request);
    return this;
  }

  next(): Promise<Answer> {
    return this.#answers.next<Answer>();
  }
}

const textsOf = ({ resources }: Response) =>
  resources.map(({ value }) => String(Buffer.from(value)));

describe('what others have to tell an Envoy', () => {
  it('comes over ADS beside its secrets, and each change of it at once', async () => {
    const stream = new Stream<Response>(`${ADS}/StreamAggregatedResources`);
    stream.ask({ type_url: SECRET_TYPE, resource_names: ['default'] });
    expect((await stream.next()).type_url).toBe(SECRET_TYPE);
    stream.ask({ type_url: TYPE, resource_names: ['front'] });
    const first = await stream.next();
    expect([first.type_url, first.resources[0]?.type_url]).toEqual([TYPE, TYPE]);
    expect(textsOf(first)).toEqual(['1 red']);
    colours.change({ front: 'green', back: 'blue' });
    expect(textsOf(await stream.next())).toEqual(['1 green']);
    // back has changed, and nobody asks for it
    colours.change({ front: 'green', back: 'yellow' });
    colours.change({});
    expect(textsOf(await stream.next())).toEqual(['1 none']);
    expect(new Set(colours.asked.flat())).toEqual(new Set([ORDERS]));
    stream.raw.cancel();
  });

  it('comes over a service of its own, where its type need not be said', async () => {
    const stream = new Stream<Response>(`${OWN}/StreamColours`);
    stream.ask({ resource_names: ['back', 'side'] });
    expect(textsOf(await stream.next())).toEqual(['1 blue']);
    expect(log).toMatchObject([
      {
        fields: { count: 1, names: [expect.stringContaining(`those of ${ORDERS}`)] },
        message: 'an Envoy asks for colours that are not there',
      },
    ]);
    stream.raw.cancel();
  });

  it.each([`${ADS}/DeltaAggregatedResources`, `${OWN}/DeltaColours`])(
    'comes over %s as changes',
    async (path) => {
      const stream = new Stream<DeltaResponse>(path);
      stream.ask({ type_url: TYPE, resource_names_subscribe: ['front', 'back'] });
      const first = await stream.next();
      expect(first.resources.map(({ name }) => name)).toEqual(['front', 'back']);
      colours.change({ front: 'green' });
      const second = await stream.next();
      const told = second.resources.map(({ name, resource }) => [
        name,
        String(Buffer.from(resource.value)),
      ]);
      expect(told).toEqual([['front', '1 green']]);
      expect(second.removed_resources).toEqual(['back']);
      stream.raw.cancel();
    },
  );

  it('is for the identities that it has, and for who has none there is nothing', async () => {
    world.entitlement = entitled('two', {
      svids: [svid('one'), svid('two', '', 'spiffe://example.org/other')],
    });
    const stream = new Stream<Response>(`${OWN}/StreamColours`).ask({ resource_names: ['back'] });
    expect(textsOf(await stream.next())).toEqual(['2 blue']);
    world.change({ kind: 'none', why: NOTHING });
    await expect(stream.next()).rejects.toThrow(/No identity is issued/);
    colours.change({ back: 'red' });
    await expect(
      new Stream<Response>(`${OWN}/StreamColours`).ask({ resource_names: ['back'] }).next(),
    ).rejects.toThrow(/No identity is issued/);
  });

  it('that an Envoy does not take is said, and not sent again', async () => {
    const stream = new Stream<Response>(`${OWN}/StreamColours`).ask({ resource_names: ['back'] });
    const { nonce } = await stream.next();
    stream.ask({
      resource_names: ['back'],
      response_nonce: nonce,
      error_detail: { code: 3, message: 'too blue' },
    });
    await vi.waitUntil(() => log.length > 0);
    expect(log).toMatchObject([
      { fields: { why: '`too blue`' }, message: 'an Envoy does not take its colours' },
    ]);
    colours.change({ back: 'red' });
    expect(textsOf(await stream.next())).toEqual(['1 red']);
    stream.raw.cancel();
  });

  it('is not there for another type, and nobody listens when the stream is over', async () => {
    const stream = new Stream<Response>(`${OWN}/StreamColours`).ask({ resource_names: ['back'] });
    await stream.next();
    expect(colours.listeners.size).toBe(1);
    stream.ask({ type_url: SECRET_TYPE, resource_names: ['default'] });
    await expect(stream.next()).rejects.toThrow(/no resources of the type/);
    await vi.waitUntil(() => colours.listeners.size === 0);
  });
});
