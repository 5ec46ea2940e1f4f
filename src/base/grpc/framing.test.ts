import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { FrameReader, toFrame } from './framing.ts';
import { framed } from './testing/client.ts';

function read(chunks: readonly Buffer[], maxBytes = 1_000_000) {
  const messages: Buffer[] = [];
  let reserved = 0;
  const reader = new FrameReader(maxBytes, 'maxMessageBytes', (bytes) => {
    reserved += bytes;
  });
  for (const chunk of chunks) reader.push(chunk, ({ bytes }) => messages.push(Buffer.from(bytes)));
  return { messages, reserved, isInside: reader.isInside };
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
}

describe('messages on the wire', () => {
  it('are the same however their bytes are cut, and take as much memory as they have bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 })),
        fc.array(fc.integer({ min: 0, max: 100 })),
        (messages, sizes) => {
          const bytes = Buffer.concat(messages.map((message) => toFrame(message)));
          const { messages: found, reserved, isInside } = read(cut(bytes, sizes));
          expect(found).toEqual(messages.map((message) => Buffer.from(message)));
          expect(reserved).toBe(messages.reduce((sum, { length }) => sum + length, 0));
          expect(isInside).toBe(false);
        },
      ),
    );
  });

  it('of any size come whole', () => {
    const message = Buffer.alloc(700_000, 'abcdefg');
    const sizes = Array.from({ length: 100 }, (_, n) => n * 97);
    expect(read(cut(toFrame(message), sizes)).messages[0]?.equals(message)).toBe(true);
  });

  it('that only say that they are long take little memory', () => {
    const { reserved, isInside } = read([framed(Buffer.from('x'), 0, 900_000)]);
    expect(reserved).toBe(64 * 1024);
    expect(isInside).toBe(true);
  });

  it.each([
    ['a length over the limit', framed(Buffer.from('x'), 0, 11), 'grpc/message-too-large'],
    ['an unknown flag', framed(Buffer.from('x'), 2), 'grpc/frame-broken'],
  ])('with %s are refused before they are read', (_, bytes, code) => {
    expect(() => read([bytes], 10)).toThrow(expect.objectContaining({ code }));
  });

  it('of any bytes are messages or a Fault', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
        try {
          read(chunks.map((chunk) => Buffer.from(chunk)));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
