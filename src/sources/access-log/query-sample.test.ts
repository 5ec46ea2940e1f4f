import { describe, expect, it } from 'vitest';
import type { JudgePayload, Sighting } from '../../estate/index.ts';
import { AccessLogDecoder } from './index.ts';

const LINES = {
  'a plain line of JSON':
    '{"time":"2026-01-02T03:04:05Z","service":"orders","method":"GET","path":"/o/7?mail=a%40b","status":200}',
  'a line of JSON with more in it':
    '{"time":"2026-01-02T03:04:05Z","service":"orders","extra":{"a":[1]},"method":"GET","path":"/o/7?mail=a%40b","status":200}',
  'a combined line':
    '192.0.2.7 - - [02/Jan/2026:03:04:05 +0000] "GET /o/7?mail=a%40b HTTP/1.1" 200 5 "-" "curl"',
};

function read(line: string, judge?: JudgePayload): Sighting | undefined {
  const taken: Sighting[] = [];
  const decoder = new AccessLogDecoder(
    { clock: () => Date.UTC(2026, 0, 3), fallbackService: 'orders', judge },
    { take: (sighting) => void taken.push(sighting), drop: () => undefined },
  );
  decoder.push(Buffer.from(`${line}\n`));
  return taken[0];
}

describe('the query of a logged request', () => {
  it.each(Object.entries(LINES))('is judged, in %s', (_what, line) => {
    const shown: unknown[] = [];
    const sighting = read(line, ({ operation, content, form, part }) => {
      shown.push([operation.service.key, operation.path, content, form, part]);
      return ['email'];
    });
    expect(shown).toEqual([['name //orders', '/o/7', 'mail=a%40b', 'query', 'requests']]);
    expect(sighting).toMatchObject({
      parameters: ['mail'],
      samples: { requests: { judged: 1, found: { email: 1 } } },
    });
  });

  it.each(Object.entries(LINES))('is left alone without a judge, in %s', (_what, line) => {
    expect(read(line)).not.toHaveProperty('samples');
    expect(JSON.stringify(read(line))).not.toContain('%40');
  });

  it('is not there where nothing was sent', () => {
    const line = LINES['a combined line'].replace('?mail=a%40b', '?');
    expect(read(line, () => ['email'])).not.toHaveProperty('samples');
  });
});
