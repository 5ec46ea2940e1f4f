import { ERROR, MAX_FRAME_BYTES, MAX_WINDOW, SETTING } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';

const ENTRY_BYTES = 6;
const LARGEST_FRAME = 2 ** 24 - 1;

/** Reads the payload of a SETTINGS frame; gives the window with which the client lets each answer begin, undefined
 *  where it does not say. All else that a client may set is checked and not used: our frames are small, our headers
 *  short, and nothing is pushed.
 *  @throws {ConnectionFault}
 *  @see RFC 9113 §6.5 */
export function readSettings(bytes: Buffer, start: number, end: number): number | undefined {
  if ((end - start) % ENTRY_BYTES !== 0) {
    throw new ConnectionFault(ERROR.frameSize, 'SETTINGS end inside a setting');
  }
  let window: number | undefined;
  for (let at = start; at < end; at += ENTRY_BYTES) {
    const id = bytes.readUInt16BE(at);
    const value = bytes.readUInt32BE(at + 2);
    check(id, value);
    if (id === SETTING.initialWindowSize) window = value;
  }
  return window;
}

function check(id: number, value: number): void {
  if (id === SETTING.enablePush && value > 1) {
    throw new ConnectionFault(ERROR.protocol, 'ENABLE_PUSH is neither 0 nor 1');
  }
  if (id === SETTING.initialWindowSize && value > MAX_WINDOW) {
    throw new ConnectionFault(ERROR.flowControl, 'INITIAL_WINDOW_SIZE is too large');
  }
  if (id === SETTING.maxFrameSize && (value < MAX_FRAME_BYTES || value > LARGEST_FRAME)) {
    throw new ConnectionFault(ERROR.protocol, 'MAX_FRAME_SIZE is out of range');
  }
}
