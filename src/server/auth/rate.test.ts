import { expect, it } from 'vitest';
import { RateLimiter } from './rate.ts';

it('a rate keeps nobody out for a clock that was put back', () => {
  let now = Date.UTC(2026, 0, 5);
  const limiter = new RateLimiter({ burst: 2, perMinute: 60 }, () => now);
  expect(limiter.take('a')).toEqual({ ok: true });
  now -= 3_600_000;
  expect(limiter.take('a')).toEqual({ ok: true });
  expect(limiter.take('a')).toEqual({ ok: false, retrySeconds: 1 });
  now += 1_000;
  expect(limiter.take('a')).toEqual({ ok: true });
});
