import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createLog } from '../../base/log.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import type { ApiKeys } from '../../secrets/api-keys/index.ts';
import type { SecretKeeping } from '../../secrets/keeping/index.ts';
import { People } from '../auth/people.ts';
import { openLeaks } from './leaks.ts';

const BY = { actor: 'ada', reason: 'a test' };
const BOT = { name: 'bot', roles: ['viewer' as const], teams: null };
const START = Date.UTC(2026, 0, 5);

it('a token that leaked is nobody’s, and whoever is given its name later keeps his', async () => {
  let now = START;
  const clock = () => now;
  const credentials = async () => ({ items: [], total: 0 });
  const store = Object.assign(new MemoryDocuments(), { credentials }) as unknown as EstateStore &
    DocumentStore;
  const people = new People(store, clock);
  const open = () =>
    openLeaks({
      ...{ store, people, clock, log: createLog('silent'), fingerprintKey: randomBytes(32) },
      ...{ githubKeysFile: undefined, owners: async () => new Map() },
      keeping: { list: () => [].values(), get: () => undefined } as unknown as SecretKeeping,
      apiKeys: { stateOf: () => 'unknown' } as unknown as ApiKeys,
    }).leaks;
  const { token } = await people.add(BOT, 30, BY);
  const leak = await open().report({ value: token }, null, BY);
  expect(leak).toMatchObject({ isContained: true, items: [{ of: 'person', subject: 'bot' }] });
  expect(await people.ofToken(token)).toBeUndefined();

  now += 60_000;
  const later = await people.add(BOT, 30, BY);
  const restarted = open();
  await restarted.resume();
  expect((await people.ofToken(later.token))?.name).toBe('bot');
  expect((await restarted.get(leak?.id ?? '')).isContained).toBe(true);
});
