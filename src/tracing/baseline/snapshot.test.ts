import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TracingNames } from '../names.ts';
import { Baseline, BaselineSettings } from './index.ts';
import { DAY, HOUR, plainUsual, START, Traffic } from './testing/traffic.ts';

const SERVICES = ['orders', 'payments', 'stock', 'reviews'];

function busy(): Traffic {
  const traffic = new Traffic();
  let id = 0;
  for (let hour = 0; hour < 9 * 24; hour += 5) {
    SERVICES.forEach((from, place) => {
      const to = SERVICES[(place + hour) % SERVICES.length] ?? '';
      id++;
      traffic.learn(
        START + hour * HOUR,
        from,
        to,
        {
          ...{ id, parent: id - 1, hasContext: true, count: hour + 1, outcome: hour % 3 },
          endpoint: traffic.endpoint(to, `/v1/${to}`),
          principal: traffic.names.principals.number(`spiffe://shop/${from}`),
          address: traffic.names.addresses.number(`10.0.0.${place}`),
          callerVersion: traffic.names.versions.number(`v${hour >> 6}`),
        },
        place === 3,
      );
    });
  }
  traffic.baseline.tick(START + 9 * DAY);
  return traffic;
}

/** Names under other numbers than those of the traffic. */
function otherNames(): TracingNames {
  const most = 1_000;
  const names = new TracingNames({
    ...{ maxServices: most, maxEndpoints: most, maxPrincipals: most },
    ...{ maxAddresses: most, maxVersions: most },
  });
  for (const name of ['x', 'y', 'z']) {
    names.endpoint(names.services.number(name), 'http', 'GET', '/');
    for (const kind of ['principals', 'addresses', 'versions'] as const) names[kind].number(name);
  }
  return names;
}

const settings = BaselineSettings.parse({});

describe('a snapshot', () => {
  it('answers as what it was taken of, under other numbers', () => {
    const traffic = busy();
    const names = otherNames();
    const restored = Baseline.restore(traffic.baseline.snapshot(), { names, settings });
    for (const from of SERVICES) {
      for (const to of SERVICES) {
        const told = {
          endpoint: traffic.endpoint(to, `/v1/${to}`),
          principal: traffic.names.principals.number(`spiffe://shop/${from}`),
          address: traffic.names.addresses.number('10.0.0.1'),
        };
        const before = traffic.look(START + 9 * DAY, from, to, told);
        const hop = traffic.hop(START + 9 * DAY, from, to, told);
        for (const field of ['caller', 'claimed', 'callee'] as const) {
          hop[field] = names.services.number(traffic.names.services.text(hop[field]));
        }
        hop.endpoint = names.endpoint(hop.callee, 'http', 'GET', `/v1/${to}`);
        hop.principal = names.principals.number(`spiffe://shop/${from}`);
        hop.address = names.addresses.number('10.0.0.1');
        const owner = traffic.names.services.text(before.addressOwner);
        expect(plainUsual(restored.look(hop))).toEqual({
          ...before,
          addressOwner: names.services.find(owner),
        });
      }
      const number = names.services.find(`prod/shop/${from}`);
      const described = traffic.baseline.describe(traffic.service(from));
      expect(restored.describe(number)).toEqual(described);
    }
  });

  it('of a snapshot is the same again', () => {
    const bytes = busy().baseline.snapshot();
    const once = Baseline.restore(bytes, { names: otherNames(), settings });
    const twice = Baseline.restore(once.snapshot(), { names: otherNames(), settings });
    expect(twice.snapshot().equals(once.snapshot())).toBe(true);
  });

  it('goes on being learnt', () => {
    const traffic = new Traffic();
    traffic.learn(START, 'orders', 'payments');
    const { names } = traffic;
    const restored = Baseline.restore(traffic.baseline.snapshot(), { names, settings });
    restored.learn(traffic.hop(START + DAY, 'orders', 'payments'));
    const usual = restored.look(traffic.hop(START + DAY, 'orders', 'payments'));
    expect(usual).toMatchObject({ edgeDays: 2, isEdgeUsual: true, callerCallees: 1 });
  });

  it('holds no more than there may be', () => {
    const small = BaselineSettings.parse({ limits: { maxEdges: 16 } });
    const traffic = new Traffic();
    for (let other = 0; other < 40; other++) traffic.learn(START, `from-${other}`, 'payments');
    const parts = { names: otherNames(), settings: small };
    expect(Baseline.restore(traffic.baseline.snapshot(), parts).sizes.edges?.size).toBe(16);
  });
});

describe('bytes that are no snapshot', () => {
  const good = busy().baseline.snapshot();
  const restore = (bytes: Uint8Array) => Baseline.restore(bytes, { names: otherNames(), settings });
  const sealed = (bytes: Buffer) => {
    if (bytes.length >= 16) bytes.writeUInt32LE(crc32(bytes.subarray(16)), 8);
    return bytes;
  };
  const header = (value: unknown) => {
    const json = Buffer.from(JSON.stringify(value));
    const head = Buffer.from(good.subarray(0, 16));
    head.writeUInt32LE(json.length, 4);
    return sealed(Buffer.concat([head, json, Buffer.alloc(-json.length & 3)]));
  };

  it.each([
    ['nothing', Buffer.alloc(0), 'it does not begin like one'],
    ['text', Buffer.from('what is usual, and what is not'), 'it does not begin like one'],
    ['the first half of one', good.subarray(0, good.length >> 1), 'its checksum is another'],
    ['a header that is none', header('x'), 'its header is of another version'],
    ['one whose words are missing', sealed(Buffer.from(good.subarray(0, -4))), 'it is cut off'],
  ])('%s is refused', (_, bytes, why) => {
    expect(() => restore(bytes)).toThrow(
      expect.objectContaining({
        code: 'tracing/snapshot-malformed',
        message: `the snapshot of what is usual cannot be read: ${why}`,
      }),
    );
  });

  it('give a fault, or something that answers', () => {
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 40 }), fc.boolean(), (all, seal) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of all) bytes[at] = value;
        try {
          const restored = restore(seal ? sealed(bytes) : bytes);
          for (let service = 0; service < 9; service++) restored.describe(service);
          restored.snapshot();
        } catch (fault) {
          expect(fault).toMatchObject({ code: 'tracing/snapshot-malformed' });
        }
      }),
    );
  });
});
