import { describe, expect, it } from 'vitest';
import type { GrpcCall } from '../../base/grpc/index.ts';
import { entryWith } from '../registration/testing/entries.ts';
import type { Matched } from '../workload-api/index.ts';
import { NOTHING, ORDERS, SELECTORS, World } from '../workload-api/testing/world.ts';
import { type CallingWorkload, forCallingWorkload } from './callers.ts';
import type { SupplyChange } from './supply.ts';

/** A method that a workload calls, and what supplies its identities. */
class Rig {
  readonly world = new World();
  matched: Matched = {
    kind: 'matches',
    matches: [ORDERS, `${ORDERS}-2`, ORDERS].map((spiffeId, at) => ({
      entry: entryWith({ spiffeId, hint: `${at}` }),
      hint: '',
    })),
  };
  readonly listeners = new Set<(change: SupplyChange) => void>();
  readonly headers: Record<string, string> = { 'workload.spiffe.io': 'true' };

  call(work: (caller: CallingWorkload) => Promise<void>): Promise<void> {
    const supply = {
      match: () => this.matched,
      onChange: (listener: (change: SupplyChange) => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
    const call = { path: '/test.Service/Method', headers: this.headers, socket: {} };
    return forCallingWorkload(this.world, supply, call as unknown as GrpcCall, work);
  }
}

describe('a workload that calls', () => {
  it('has each of its identities once', async () => {
    const rig = new Rig();
    await rig.call(async (caller) => {
      expect(caller.identities()).toEqual([ORDERS, `${ORDERS}-2`]);
    });
    expect(rig.world.attestations).toBe(1);
  });

  it('is not looked at without the header that browsers cannot send', async () => {
    const rig = new Rig();
    delete rig.headers['workload.spiffe.io'];
    await expect(rig.call(async () => {})).rejects.toThrow(
      expect.objectContaining({ code: 'identity/header-invalid' }),
    );
    expect(rig.world.attestations).toBe(0);
  });

  it('is refused where no entry matches, and that is told', async () => {
    const rig = new Rig();
    rig.matched = { kind: 'none', why: NOTHING };
    const refused = rig.call(async (caller) => void caller.identities());
    await expect(refused).rejects.toThrow(
      expect.objectContaining({ code: 'identity/entry-forbidden' }),
    );
    expect(rig.world.calls).toMatchObject([{ method: 'Method', selectors: SELECTORS }]);
    expect(rig.world.calls[0]?.refusedFor).toContain('No identity is issued');
  });

  it('waits where nothing can be said yet', async () => {
    const rig = new Rig();
    rig.matched = { kind: 'starting', because: 'of the test' };
    await rig.call(async (caller) => {
      expect(caller.identities()).toBeUndefined();
    });
  });

  it('is no longer itself when it has other selectors', async () => {
    const rig = new Rig();
    await rig.call(async (caller) => {
      await caller.confirm();
      rig.world.attestation = {
        ...{ kind: 'attested', notes: [], facts: {} },
        selectors: ['unix:uid:0'],
      };
      await expect(caller.confirm()).rejects.toThrow(
        expect.objectContaining({ code: 'identity/workload-unavailable' }),
      );
    });
  });

  it.each<SupplyChange>(['entries', 'trust', 'reissue'])(
    'may have other identities after a change of %s',
    async (change) => {
      const rig = new Rig();
      let told = 0;
      await rig.call(async (caller) => {
        const stop = caller.onChange(() => told++);
        for (const tell of rig.listeners) tell(change);
        stop();
        expect(rig.listeners.size).toBe(0);
      });
      expect(told).toBe(1);
    },
  );
});
