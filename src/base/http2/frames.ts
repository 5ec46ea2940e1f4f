import { type ErrorCode, FLAG, FRAME, FRAME_HEAD_BYTES, SETTING } from './protocol.ts';

/** Writes the head of a frame. @see RFC 9113 §4.1 */
export function writeHead(
  bytes: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  bytes[at] = length >> 16;
  bytes[at + 1] = length >> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  bytes.writeUInt32BE(streamId, at + 5);
}

export function frameOf(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array,
): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  writeHead(bytes, 0, payload.length, type, flags, streamId);
  bytes.set(payload, FRAME_HEAD_BYTES);
  return bytes;
}

export function resetFrame(streamId: number, code: ErrorCode): Buffer {
  return numberFrame(FRAME.reset, streamId, code);
}

export function windowUpdateFrame(streamId: number, bytes: number): Buffer {
  return numberFrame(FRAME.windowUpdate, streamId, bytes);
}

export function goawayFrame(lastStreamId: number, code: ErrorCode): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStreamId);
  payload.writeUInt32BE(code, 4);
  return frameOf(FRAME.goaway, 0, 0, payload);
}

/** What we tell a client of ourselves; names are those of RFC 9113 §6.5.2. */
export function settingsFrame(
  settings: Readonly<Partial<Record<keyof typeof SETTING, number>>>,
): Buffer {
  const entries = Object.entries(settings) as [keyof typeof SETTING, number][];
  const payload = Buffer.alloc(entries.length * 6);
  entries.forEach(([name, value], at) => {
    payload.writeUInt16BE(SETTING[name], at * 6);
    payload.writeUInt32BE(value, at * 6 + 2);
  });
  return frameOf(FRAME.settings, 0, 0, payload);
}

export const SETTINGS_ACK = frameOf(FRAME.settings, FLAG.ack, 0, Buffer.alloc(0));

function numberFrame(type: number, streamId: number, value: number): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + 4);
  writeHead(bytes, 0, 4, type, 0, streamId);
  bytes.writeUInt32BE(value, FRAME_HEAD_BYTES);
  return bytes;
}
