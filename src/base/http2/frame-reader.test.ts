import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from './frame-reader.ts';
import { frameOf } from './frames.ts';
import { MAX_FRAME_BYTES, PREFACE } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';

function reader(): { reader: FrameReader; seen: string[] } {
  const seen: string[] = [];
  const taken = new FrameReader({
    take: (type, flags, streamId, bytes, start, end) => {
      seen.push(`${type} ${flags} ${streamId} ${bytes.toString('hex', start, end)}`);
    },
  });
  return { reader: taken, seen };
}

const frames = fc.array(
  fc.record({
    type: fc.nat(255),
    flags: fc.nat(255),
    streamId: fc.nat(2 ** 31 - 1),
    payload: fc.uint8Array({ maxLength: 40 }),
  }),
  { maxLength: 8 },
);

describe('frames', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        frames,
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 30 }),
        (all, cuts) => {
          const bytes = Buffer.concat([
            PREFACE,
            ...all.map(({ type, flags, streamId, payload }) =>
              frameOf(type, flags, streamId, payload),
            ),
          ]);
          const { reader: taken, seen } = reader();
          let at = 0;
          for (const cut of [...cuts, bytes.length]) {
            taken.push(bytes.subarray(at, at + cut));
            at = Math.min(at + cut, bytes.length);
          }
          expect(seen).toEqual(
            all.map(
              ({ type, flags, streamId, payload }) =>
                `${type} ${flags} ${streamId} ${Buffer.from(payload).toString('hex')}`,
            ),
          );
        },
      ),
    );
  });

  it('of any bytes are read, or are a fault', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 })),
        fc.boolean(),
        (chunks, isGreeting) => {
          const { reader: taken } = reader();
          try {
            if (isGreeting) taken.push(PREFACE);
            for (const chunk of chunks) taken.push(Buffer.from(chunk));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ConnectionFault);
          }
        },
      ),
    );
  });

  it('may be as large as was agreed on, and not larger', () => {
    const { reader: taken, seen } = reader();
    taken.push(PREFACE);
    taken.push(frameOf(0, 0, 1, Buffer.alloc(MAX_FRAME_BYTES)));
    expect(seen).toHaveLength(1);
    const head = frameOf(0, 0, 1, Buffer.alloc(MAX_FRAME_BYTES + 1)).subarray(0, 9);
    expect(() => taken.push(head)).toThrow(/more than 16384 bytes/);
  });

  it.each(['GET / HTTP/1.1\r\n', 'PRI * HTTP/2.0\r\n\r\nXX'])('of %j are none', (text) => {
    expect(() => reader().reader.push(Buffer.from(text))).toThrow(
      'The client does not speak HTTP/2',
    );
  });
});
