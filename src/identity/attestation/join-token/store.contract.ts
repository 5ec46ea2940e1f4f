import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attestJoin, type JoinTokenStore, makeJoinToken } from './index.ts';

const NOW = Date.UTC(2027, 0, 1);
const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const made = (ttlSeconds = 600) =>
  makeJoinToken(
    { agent: AGENT, ttlSeconds },
    { trustDomain: 'example.org', by: 'ada', now: NOW, maxTtlSeconds: 3_600, randomBytes },
  );
const reason = (name: string) =>
  expect.objectContaining({ code: `identity/attestation-forbidden/join-token-${name}` });

/** What every store of join tokens must do. */
export function joinTokenStoreContract(name: string, open: () => Promise<JoinTokenStore>): void {
  describe(`join tokens in ${name}`, () => {
    it('make their agent once, and a replay is told who was first and when', async () => {
      const store = await open();
      const { token, record } = made();
      await store.add(record);
      const first = await attestJoin({ token, from: '10.0.0.7' }, store, NOW + 1_000);
      expect(first).toMatchObject({
        kind: 'attested',
        facts: { agent: AGENT },
        selectors: [`join-token:agent:${AGENT}`],
      });
      const replay = attestJoin({ token, from: '10.0.0.8' }, store, NOW + 2_000);
      await expect(replay).rejects.toThrow(reason('used'));
      await expect(replay).rejects.toThrow('at 2027-01-01T00:00:01.000Z by `10.0.0.7`');
    });

    it('let one of many through who come at once', async () => {
      const store = await open();
      const { token, record } = made();
      await store.add(record);
      const users = Array.from({ length: 20 }, (_, at) => `10.0.0.${at}`);
      const results = await Promise.allSettled(
        users.map((from) => attestJoin({ token, from }, store, NOW)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('are unused after a use that was refused', async () => {
      const store = await open();
      const { token, record } = made();
      await store.add(record);
      const late = attestJoin({ token, from: 'a' }, store, NOW + 600_000);
      await expect(late).rejects.toThrow(reason('expired'));
      await attestJoin({ token, from: 'b' }, store, NOW);
    });

    it('are unknown when they were never added, or were removed', async () => {
      const store = await open();
      const [short, long] = [made(1), made(3_600)];
      await store.add(short.record);
      await store.add(long.record);
      expect(await store.removeExpired(NOW + 1_001)).toBe(1);
      for (const { token } of [short, made()]) {
        await expect(attestJoin({ token, from: 'a' }, store, NOW)).rejects.toThrow(
          reason('unknown'),
        );
      }
      await attestJoin({ token: long.token, from: 'a' }, store, NOW);
    });
  });
}
