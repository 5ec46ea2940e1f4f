import { describe, expect, it } from 'vitest';
import { randomToken } from '../../base/ids.ts';
import { Authenticator } from './authenticator.ts';
import { OneTimeTokens } from './one-time.ts';
import { RateLimiter } from './rate.ts';
import { Sessions } from './sessions.ts';

function setUp() {
  const time = { now: 0 };
  const clock = () => time.now;
  const sessions = new Sessions({ maxAgeMs: 1_000, idleMs: 300 }, clock);
  const adminToken = randomToken();
  const authenticator = new Authenticator(adminToken, sessions, 'reeve_session');
  return { time, clock, sessions, adminToken, authenticator };
}

describe('a one-time token', () => {
  it('works once', () => {
    const tokens = new OneTimeTokens(1_000, () => 0);
    const { token } = tokens.issue();
    expect([tokens.redeem(token), tokens.redeem(token)]).toEqual([true, false]);
  });

  it('works within its time only, and is then forgotten', () => {
    const time = { now: 0 };
    const tokens = new OneTimeTokens(1_000, () => time.now);
    const { token, expiresAt } = tokens.issue();
    expect(expiresAt).toBe(1_000);
    time.now = 1_000;
    expect(tokens.redeem(token)).toBe(false);
    time.now = 0;
    expect(tokens.redeem(token)).toBe(false);
  });

  it('is one that was issued', () => {
    const tokens = new OneTimeTokens(1_000, () => 0);
    tokens.issue();
    expect(tokens.redeem(randomToken())).toBe(false);
  });
});

describe('a session', () => {
  it('lives while it is used, up to its greatest age', () => {
    const { time, sessions } = setUp();
    const token = sessions.open();
    const uses: boolean[] = [];
    for (time.now = 250; time.now <= 1_250; time.now += 250) uses.push(sessions.use(token));
    expect(uses).toEqual([true, true, true, false, false]);
  });

  it('ends when it is not used', () => {
    const { time, sessions } = setUp();
    const token = sessions.open();
    time.now = 300;
    expect(sessions.use(token)).toBe(false);
  });

  it('ends when it is closed', () => {
    const { sessions } = setUp();
    const token = sessions.open();
    sessions.close(token);
    expect(sessions.use(token)).toBe(false);
  });
});

describe('authentication', () => {
  it('knows the bearer of the administrator token', () => {
    const { authenticator, adminToken } = setUp();
    expect(authenticator.authenticate({ authorization: `Bearer ${adminToken}` })).toEqual({
      name: 'admin',
      kind: 'token',
      id: 'admin',
    });
  });

  it('knows the holder of a session among other cookies', () => {
    const { authenticator, sessions } = setUp();
    const token = sessions.open();
    const cookie = `a=b; reeve_session=${token}; c=d`;
    expect(authenticator.authenticate({ cookie })).toMatchObject({ kind: 'session', token });
  });

  it('knows nobody by anything else', () => {
    const { authenticator, adminToken, sessions } = setUp();
    const session = sessions.open();
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
      expect(authenticator.authenticate(shown)).toBeUndefined();
    }
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
