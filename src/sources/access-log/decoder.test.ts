import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../estate/index.ts';
import { Parties } from '../requests/index.ts';
import { AccessLogDecoder, type DecoderOptions } from './decoder.ts';
import { parseLine } from './formats.ts';
import { toSighting } from './to-sighting.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

function decode(text: string | Uint8Array, options: Partial<DecoderOptions> = {}, cut = 1_000_000) {
  const sightings: Sighting[] = [];
  const drops: [string, number][] = [];
  const decoder = new AccessLogDecoder(
    { clock: () => NOW, ...options },
    {
      take: (sighting) => void sightings.push(sighting),
      drop: (reason, line) => void drops.push([reason, line]),
    },
  );
  const bytes = Buffer.from(text as string);
  // One chunk's memory serves for the next, as it does when files are read.
  const chunk = Buffer.alloc(Math.min(cut, bytes.length));
  for (let at = 0; at < bytes.length; at += cut) {
    const length = bytes.copy(chunk, 0, at, at + cut);
    decoder.push(chunk.subarray(0, length));
    chunk.fill('!');
  }
  const settled = decoder.settledBytes;
  decoder.end();
  return { sightings, drops, settled, lineCount: decoder.lineCount };
}

const LINE =
  '{"time":"2026-11-22T03:25:12Z","service":"orders","method":"GET","path":"/orders/17","status":200}';

describe('a log', () => {
  it('is read line by line, whatever the ends of lines, and mixed as it may be', () => {
    const text = `\ufeff${LINE}\r\n\r\n  \nServer started\n10.0.0.1 - - [22/Nov/2026:03:25:12 +0000] "GET /a HTTP/1.1" 200 5\n${LINE}`;
    const { sightings, drops, lineCount } = decode(text, { service: 'web' });
    expect(sightings.map(({ service, path }) => `${service.key} ${path}`)).toEqual([
      'name //orders /orders/17',
      'name //web /a',
      'name //orders /orders/17',
    ]);
    expect(drops).toEqual([['not a known format', 4]]);
    expect(lineCount).toBe(6);
  });

  it('counts lines over the limit, and goes on behind them', () => {
    const text = `${'x'.repeat(500)}\n${LINE}\n{"path":"${'y'.repeat(300)}"}\n${'z'.repeat(900)}`;
    for (const cut of [7, 100, 450, 10_000]) {
      const { sightings, drops } = decode(text, { maxLineBytes: 256 }, cut);
      expect(sightings).toHaveLength(1);
      expect(drops).toEqual([1, 3, 4].map((line) => ['line too long', line]));
    }
  });

  it('tells up to where whole lines reach', () => {
    expect(decode(`${LINE}\n${LINE}`, {}, 13).settled).toBe(LINE.length + 1);
    expect(decode(`${LINE}\n${LINE}\n`).settled).toBe(2 * LINE.length + 2);
  });

  it('reads what five fields say the same straight from the bytes as by way of JSON', () => {
    const odd = fc.oneof(
      fc.constantFrom('', '-', 'a b', 'é', '"', '/', 200, 99, 1.5, -1, true, null),
      fc.string({ maxLength: 12 }),
    );
    const of = (...usual: (string | number)[]) =>
      fc.oneof({ arbitrary: fc.constantFrom(...usual), weight: 9 }, { arbitrary: odd, weight: 1 });
    const entry = fc.record(
      {
        time: of(
          '2026-11-22T03:25:12.5Z',
          '2026-11-22T04:25:12+01:00',
          '1795310712',
          1_795_310_712,
        ),
        service: of('orders', 'payments', 'web@docker', 'a/b'),
        method: of('GET', 'POST', 'get', 'OPTIONS', 'CONNECT'),
        path: of(
          '/a',
          '/b/1',
          '/a?x=1&y',
          '/a?x=1&y=2?z=3',
          '/a?',
          '/a#f',
          '/é',
          '/a b',
          'http://h/x',
          'x',
        ),
        status: of(200, 404, '503', '0'),
      },
      { requiredKeys: ['method', 'path'] },
    );
    const line = fc
      .tuple(entry, fc.constantFrom(0, 1), fc.boolean())
      .map(([fields, space, reversed]) => {
        const entries = Object.entries(fields);
        const object = Object.fromEntries(reversed ? entries.reverse() : entries);
        return JSON.stringify(object, null, space).replaceAll('\n', ' ');
      });
    const parties = new Parties();
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 300 }),
        (lines, cut) => {
          const want = lines.map((text) => {
            const request = parseLine(text);
            return typeof request === 'string' ? request : toSighting(request, {}, parties, NOW);
          });
          const { sightings, drops } = decode(lines.join('\n'), {}, cut);
          expect(sightings).toEqual(want.filter((one) => typeof one !== 'string'));
          expect(drops.map(([reason]) => reason)).toEqual(
            want.filter((one) => typeof one === 'string'),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('of any bytes gives sightings and counted drops, however it is cut', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .constantFrom(
          '\n',
          '"',
          '[',
          LINE,
          '{"time":',
          '[2026-11-22T03:25:12Z] "',
          'https 2026',
          '{"log":"',
          '<1>',
          String.raw`\x`,
          '2026-11-22T03:25:12Z stdout F ',
        )
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.integer({ min: 1, max: 50 }),
        (pieces, cut) => {
          const bytes = Buffer.concat(pieces);
          const whole = decode(bytes, { maxLineBytes: 256 });
          expect(whole.sightings.length + whole.drops.length).toBeLessThanOrEqual(whole.lineCount);
          expect(decode(bytes, { maxLineBytes: 256 }, cut)).toEqual({ ...whole });
        },
      ),
      { numRuns: 500 },
    );
  });
});
