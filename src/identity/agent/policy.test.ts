import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { PolicyBytes, PolicySink } from './index.ts';
import {
  PolicyAssembly,
  pathOf,
  policyInOnePage,
  policyPages,
  readMessage,
  writeMessage,
} from './protocol/index.ts';
import { AgentRig } from './testing/agent.ts';
import { Caller } from './testing/caller.ts';
import { BY, ServerRig, type ServerRigOptions } from './testing/server.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const PAYMENTS = 'spiffe://example.org/ns/pay/sa/payments';
const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const OWN = [`unix:uid:${process.getuid?.()}`];

/** Policy of a test: its bytes say of whom it is, and which version. */
class TestPolicy implements PolicyBytes {
  version: string | undefined = 'one';
  fault: Fault | undefined;
  asked = 0;
  readonly #listeners = new Set<() => void>();

  of = (spiffeIds: readonly string[]) => {
    this.asked++;
    if (this.fault) throw this.fault;
    if (this.version === undefined) return undefined;
    const text = `${this.version} of ${spiffeIds.toSorted().join(' ')}`;
    return { revision: text.slice(0, 200), bytes: Buffer.from(text) };
  };

  onChange = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  change(version: string | undefined): void {
    this.version = version;
    for (const listener of this.#listeners) listener();
  }
}

class TestSink implements PolicySink {
  readonly taken: string[] = [];
  dropped = 0;
  refuses = false;

  take(bytes: Buffer): void {
    if (this.refuses) throw new Fault('test/policy-malformed', 'it cannot be read');
    this.taken.push(bytes.toString());
  }

  drop(): void {
    this.dropped++;
  }
}

let policy: TestPolicy;
let sink: TestSink;
let server: ServerRig;
let rig: AgentRig;

async function begin(options: ServerRigOptions = {}): Promise<void> {
  policy = new TestPolicy();
  server = await ServerRig.start({ ports: (all) => ({ ...all, policy }), ...options });
  rig = new AgentRig(server);
  sink = new TestSink();
  rig.ports = { policy: sink };
}

beforeEach(() => begin());
afterEach(async () => {
  await rig.remove();
  await server.close();
});

const taken = (...wanted: string[]) =>
  vi.waitFor(() => expect(sink.taken).toEqual(wanted), { timeout: 60_000, interval: 5 });
const kept = () => readFileSync(join(rig.folder, 'data', 'agent.policy'), 'latin1');

describe('policy that an agent carries', () => {
  it('is of whoever it may hand identities to, and follows both', async () => {
    server.register({ spiffeId: ORDERS, selectors: OWN });
    server.register({ spiffeId: PAYMENTS, selectors: OWN, parent: `${AGENT}-other` });
    await rig.join('node-1');
    await taken(`one of ${ORDERS}`);
    policy.change('two');
    await taken(`one of ${ORDERS}`, `two of ${ORDERS}`);
    server.register({ spiffeId: PAYMENTS, selectors: OWN });
    await taken(`one of ${ORDERS}`, `two of ${ORDERS}`, `two of ${PAYMENTS} ${ORDERS}`);
  });

  it('is within the limits of the agent', async () => {
    await rig.remove();
    await server.close();
    await begin({ agents: { limits: [{ agents: 'node-*', allow: ['/ns/pay'] }] } });
    for (const spiffeId of [ORDERS, PAYMENTS]) server.register({ spiffeId, selectors: OWN });
    await rig.join('node-1');
    await taken(`one of ${PAYMENTS}`);
  });

  it('is not sent again where it says the same, nor to one that has kept it', async () => {
    await rig.join('node-1');
    await taken('one of ');
    policy.change('one');
    const before = policy.asked;
    server.entriesChanged();
    await vi.waitFor(() => expect(policy.asked).toBeGreaterThan(before));
    await vi.waitFor(() => expect(kept()).toContain('one of'));
    await rig.stop();
    await rig.start();
    await rig.until('connected');
    policy.change('two');
    // the second is what was kept
    await taken('one of ', 'one of ', 'two of ');
  });

  it('comes without its bytes to one that says it has them', async () => {
    const caller = new Caller(server);
    try {
      const { client } = await caller.agent('node-1');
      const request = writeMessage('WatchPolicyRequest', { revision: 'one of ' });
      const stream = client.serverStream(pathOf('WatchPolicy'), request);
      const next = async () => readMessage('PolicyPage', (await stream.next()).value as Buffer);
      expect(await next()).toMatchObject({ revision: 'one of ', bytes: Buffer.alloc(0) });
      policy.change('two');
      expect((await next()).bytes.toString()).toBe('two of ');
    } finally {
      caller.close();
    }
  });

  it('may be large', async () => {
    policy.version = randomBytes(700_000).toString('hex');
    await rig.join('node-1');
    await taken(`${policy.version} of `);
  });

  it('is kept for a start without the server', async () => {
    await rig.join('node-1');
    await taken('one of ');
    policy.change('two');
    await taken('one of ', 'two of ');
    await rig.stop();
    await server.stop();
    sink.taken.length = 0;
    await rig.start();
    expect(sink.taken).toEqual(['two of ']);
    await server.restart();
  });

  it('is fetched anew where what was kept is damaged', async () => {
    await rig.join('node-1');
    await taken('one of ');
    await rig.stop();
    writeFileSync(join(rig.folder, 'data', 'agent.policy'), 'hello');
    await rig.start();
    await taken('one of ', 'one of ');
    expect(rig.logged.join('')).toContain('the policy that was kept is damaged');
  });

  it('is forgotten, on disk too, when the agent is denied', async () => {
    const agent = await rig.join('node-1');
    await taken('one of ');
    await vi.waitFor(() => expect(kept()).toContain('one of'));
    // one that is not written yet
    policy.change('two');
    await taken('one of ', 'two of ');
    await server.keeper.revoke([{ spiffeId: AGENT, mayReturn: false, why: 'keyCompromise' }], BY);
    await agent.ended;
    expect(sink.dropped).toBe(1);
    await rig.stop();
    expect(existsSync(join(rig.folder, 'data', 'agent.policy'))).toBe(false);
  });

  it('waits until there is any', async () => {
    policy.version = undefined;
    await rig.join('node-1');
    policy.change('one');
    await taken('one of ');
  });

  it.each<[string, () => void, () => void, RegExp]>([
    [
      'cannot be sent',
      () => {
        policy.fault = new Fault('test/policy-too-large', 'it is too large');
      },
      () => {
        policy.fault = undefined;
      },
      /it is too large/,
    ],
    [
      'cannot be read',
      () => {
        sink.refuses = true;
      },
      () => {
        sink.refuses = false;
      },
      /it cannot be read/,
    ],
  ])(
    'that %s is asked for again, and costs the connection nothing',
    async (_, breaks, mends, why) => {
      breaks();
      await rig.join('node-1');
      await vi.waitFor(() => expect(rig.logged.join('')).toMatch(why));
      mends();
      await taken('one of ');
      expect(rig.events.map(({ event }) => event)).not.toContain('lost');
    },
  );

  it('is nothing where the server tells none, and said once', async () => {
    await rig.remove();
    await server.close();
    await begin({ ports: (all) => all });
    const agent = await rig.join('node-1');
    await vi.waitFor(() => expect(rig.logged.join('')).toContain('tells agents no policy'));
    expect(agent.isConnected).toBe(true);
    expect(sink.taken).toEqual([]);
  });
});

describe('the pages of a policy', () => {
  const document = { revision: 'r1', bytes: randomBytes(600_000) };

  it('come to what was sent, however they were cut', () => {
    const assembly = new PolicyAssembly();
    const pages = [...policyPages(document)];
    expect(pages.length).toBe(3);
    expect(pages.map((page) => assembly.take(page))).toEqual([undefined, undefined, document]);
    expect(assembly.take(policyInOnePage(document))).toEqual(document);
    const [only] = policyPages({ revision: 'r1', bytes: Buffer.alloc(0) });
    expect(assembly.take(only ?? Buffer.alloc(0))).toEqual({
      revision: 'r1',
      bytes: Buffer.alloc(0),
    });
  });

  it('of another revision begin anew, as after a break', () => {
    const assembly = new PolicyAssembly();
    const [first = Buffer.alloc(0)] = policyPages(document);
    assembly.take(first);
    const other = { revision: 'r2', bytes: Buffer.from('other') };
    expect(assembly.take(policyInOnePage(other))).toEqual(other);
    assembly.take(first);
    assembly.breakOff();
    const rest = { revision: 'r1', bytes: Buffer.from('all') };
    expect(assembly.take(policyInOnePage(rest))).toEqual(rest);
  });

  it('are refused without a revision, and beyond their bound', () => {
    const assembly = new PolicyAssembly();
    expect(() => assembly.take(writeMessage('PolicyPage', { is_last: true }))).toThrow(
      /policy without a revision/,
    );
    const page = writeMessage('PolicyPage', {
      revision: 'r',
      bytes: Buffer.alloc(16 * 1_024 * 1_024),
    });
    for (let times = 0; times < 4; times++) expect(assembly.take(page)).toBeUndefined();
    expect(() => assembly.take(page)).toThrow(/policy of more than 67108864 bytes/);
  });
});
