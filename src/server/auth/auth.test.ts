import { describe, expect, it, vi } from 'vitest';
import { randomToken } from '../../base/ids.ts';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { Authenticator } from './authenticator.ts';
import { hexDigest } from './digest.ts';
import { OneTimeTokens } from './one-time.ts';
import { People } from './people.ts';
import { RateLimiter } from './rate.ts';
import { PERMISSIONS } from './roles.ts';
import { Sessions } from './sessions.ts';

function setUp() {
  const documents = new MemoryDocuments();
  const time = { now: 0 };
  const clock = () => time.now;
  const sessions = new Sessions({ maxAgeMs: 1_000, idleMs: 300 }, clock);
  const adminToken = randomToken();
  const people = new People(documents, clock);
  const cookieName = 'reeve_session';
  const authenticator = new Authenticator({ adminToken, people, sessions, cookieName });
  return { time, clock, documents, people, sessions, adminToken, authenticator };
}

describe('a one-time token', () => {
  it('works once', () => {
    const tokens = new OneTimeTokens(1_000, () => 0);
    const { token } = tokens.issue('admin');
    expect([tokens.redeem(token), tokens.redeem(token)]).toEqual(['admin', undefined]);
  });

  it('works within its time only, and is then forgotten', () => {
    const time = { now: 0 };
    const tokens = new OneTimeTokens(1_000, () => time.now);
    const { token, expiresAt } = tokens.issue('admin');
    expect(expiresAt).toBe(1_000);
    time.now = 1_000;
    expect(tokens.redeem(token)).toBeUndefined();
    time.now = 0;
    expect(tokens.redeem(token)).toBeUndefined();
  });

  it('is one that was issued', () => {
    const tokens = new OneTimeTokens(1_000, () => 0);
    tokens.issue('admin');
    expect(tokens.redeem(randomToken())).toBeUndefined();
  });
});

describe('a session', () => {
  it('lives while it is used, up to its greatest age', () => {
    const { time, sessions } = setUp();
    const token = sessions.open('admin');
    const uses: boolean[] = [];
    for (time.now = 250; time.now <= 1_250; time.now += 250)
      uses.push(sessions.use(token) === 'admin');
    expect(uses).toEqual([true, true, true, false, false]);
  });

  it('ends when it is not used', () => {
    const { time, sessions } = setUp();
    const token = sessions.open('admin');
    time.now = 300;
    expect(sessions.use(token)).toBeUndefined();
  });

  it('ends when it is closed', () => {
    const { sessions } = setUp();
    const token = sessions.open('admin');
    sessions.close(token);
    expect(sessions.use(token)).toBeUndefined();
  });
});

describe('authentication', () => {
  it('knows the bearer of the administrator token, who may do everything', async () => {
    const { authenticator, adminToken } = setUp();
    expect(await authenticator.authenticate({ authorization: `Bearer ${adminToken}` })).toEqual({
      ...{ name: 'admin', kind: 'token', id: 'admin', credential: 'admin', teams: undefined },
      permissions: new Set(Object.keys(PERMISSIONS)),
    });
  });

  it('knows the holder of a session among other cookies', async () => {
    const { authenticator, sessions } = setUp();
    const token = sessions.open('admin');
    const cookie = `a=b; reeve_session=${token}; c=d`;
    expect(await authenticator.authenticate({ cookie })).toMatchObject({ kind: 'session', token });
  });

  it('knows nobody by anything else', async () => {
    const { authenticator, adminToken, sessions } = setUp();
    const session = sessions.open('admin');
    for (const shown of [
      {},
      { authorization: '' },
      { authorization: adminToken },
      { authorization: `Basic ${adminToken}` },
      { authorization: `Bearer ${adminToken.slice(1)}` },
      { authorization: `Bearer ${session}` },
      { authorization: `Bearer ${'a'.repeat(5_000)}` },
      { cookie: `reeve_session=${adminToken}` },
      { cookie: `other=${session}` },
      { cookie: 'reeve_session' },
      { authorization: 'Bearer x', cookie: `reeve_session=${session}` },
    ]) {
      expect(await authenticator.authenticate(shown)).toBeUndefined();
    }
  });
});

describe('people with tokens of their own', () => {
  const by = { actor: 'admin', reason: 'joins the team' };
  const given = { name: 'ana', roles: ['operator' as const], teams: ['team-orders'] };

  it('are let in by theirs, until it ends or is taken away, and so are their sessions', async () => {
    const { time, authenticator, people, sessions } = setUp();
    const { token } = await people.add(given, 1, by);
    const shown = { authorization: `Bearer ${token}` };
    const cookie = `reeve_session=${sessions.open(hexDigest(token))}`;
    const permissions = new Set(['estate.read', 'estate.write']);
    const who = { name: 'ana', permissions, teams: new Set(['team-orders']) };
    expect(await authenticator.authenticate(shown)).toMatchObject({ ...who, kind: 'token' });
    expect(await authenticator.authenticate({ cookie })).toMatchObject({ ...who, kind: 'session' });
    await people.remove('ana', by);
    expect(await authenticator.authenticate(shown)).toBeUndefined();
    expect(await authenticator.authenticate({ cookie })).toBeUndefined();
    const again = await people.add(given, 1, by);
    expect(await authenticator.authenticate({ cookie })).toBeUndefined();
    time.now = 86_400_000;
    expect(await authenticator.authenticate({ authorization: `Bearer ${again.token}` })).toBe(
      undefined,
    );
  });

  it('are let in by their newest token alone', async () => {
    const { authenticator, people } = setUp();
    const before = await people.add(given, 1, by);
    const after = await people.renew('ana', 1, by);
    const named = async ({ token }: { readonly token: string }) =>
      (await authenticator.authenticate({ authorization: `Bearer ${token}` }))?.name;
    expect([await named(before), await named(after)]).toEqual([undefined, 'ana']);
  });

  it('have the sessions and links end that an older token opened: it may have been stolen', async () => {
    const { clock, authenticator, people, sessions } = setUp();
    const links = new OneTimeTokens(1_000, clock);
    const { token } = await people.add(given, 1, by);
    const thief = await authenticator.authenticate({ authorization: `Bearer ${token}` });
    const cookie = `reeve_session=${sessions.open(thief?.credential ?? '')}`;
    const link = links.issue(thief?.credential ?? '');
    expect(await authenticator.authenticate({ cookie })).toMatchObject({ name: 'ana' });
    await people.renew('ana', 1, by);
    expect(await authenticator.authenticate({ cookie })).toBeUndefined();
    const late = `reeve_session=${sessions.open(links.redeem(link.token) ?? '')}`;
    expect(await authenticator.authenticate({ cookie: late })).toBeUndefined();
  });

  it('have the sessions that an ended token opened end with it', async () => {
    const { time, authenticator, people, sessions } = setUp();
    const { token } = await people.add(given, 1, by);
    time.now = 86_400_000 - 1;
    const cookie = `reeve_session=${sessions.open(hexDigest(token))}`;
    expect(await authenticator.authenticate({ cookie })).toMatchObject({ name: 'ana' });
    time.now = 86_400_000;
    expect(await authenticator.authenticate({ cookie })).toBeUndefined();
  });

  it('are not let in again by a reading that a removal has overtaken', async () => {
    const { time, documents, authenticator, people } = setUp();
    const { token } = await people.add(given, 1, by);
    const shown = { authorization: `Bearer ${token}` };
    const { promise, resolve } = Promise.withResolvers<void>();
    const stale = await documents.documents('person');
    vi.spyOn(documents, 'documents').mockImplementationOnce(async () => {
      await promise;
      return stale;
    });
    time.now += 2_000;
    const slow = [authenticator.authenticate(shown), authenticator.authenticate(shown)];
    await people.remove('ana', by);
    resolve();
    expect(await Promise.all(slow)).toEqual([undefined, undefined]);
    expect(await authenticator.authenticate(shown)).toBeUndefined();
  });

  it('are removed by another server within seconds', async () => {
    const { time, clock, documents, authenticator, people } = setUp();
    const { token } = await people.add(given, 1, by);
    await new People(documents, clock).remove('ana', by);
    time.now += 2_000;
    expect(await authenticator.authenticate({ authorization: `Bearer ${token}` })).toBe(undefined);
  });

  it('are in the audit log, and their tokens nowhere', async () => {
    const { documents, people } = setUp();
    const { token } = await people.add(given, 1, by);
    await expect(people.add(given, 1, by)).rejects.toThrow('`ana` has a token already');
    await people.remove('ana', by);
    await expect(people.renew('ana', 1, by)).rejects.toThrow('There is no `ana`');
    expect(documents.log.map(({ action, subject }) => [action, subject])).toEqual([
      ['person.add', 'ana'],
      ['person.remove', 'ana'],
    ]);
    expect(JSON.stringify(documents.log)).not.toContain(token);
  });
});

describe('a rate', () => {
  it('lets a burst pass, then what time brings, each key by itself', () => {
    const time = { now: 0 };
    const rate = new RateLimiter({ burst: 2, perMinute: 60 }, () => time.now);
    const take = (key: string) => rate.take(key).ok;
    expect([take('a'), take('a'), take('a'), take('b')]).toEqual([true, true, false, true]);
    expect(rate.take('a')).toEqual({ ok: false, retrySeconds: 1 });
    time.now = 1_000;
    expect([take('a'), take('a')]).toEqual([true, false]);
  });
});
