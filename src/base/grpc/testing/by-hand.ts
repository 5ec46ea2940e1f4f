import { connect, type Socket } from 'node:net';

/** RST_STREAM of the first call, with CANCEL. */
export const RESET = Buffer.from('00000403000000000100000008', 'hex');

/** SETTINGS that changes nothing. */
export const EMPTY_SETTINGS = Buffer.from('000000040000000000', 'hex');

/** Begins a call frame by frame: the preface, empty settings, and HEADERS without compression. */
export function callByHand(origin: string, path: string): Socket {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.on('error', () => {});
  const literal = (name: string, value: string) =>
    Buffer.concat([
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([value.length]),
      Buffer.from(value),
    ]);
  const block = Buffer.concat([
    literal(':method', 'POST'),
    literal(':scheme', 'http'),
    literal(':path', path),
    literal(':authority', 'x'),
    literal('content-type', 'application/grpc'),
  ]);
  const head = Buffer.from([0, 0, block.length, 1, 4, 0, 0, 0, 1]);
  socket.write(
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), EMPTY_SETTINGS, head, block]),
  );
  return socket;
}
