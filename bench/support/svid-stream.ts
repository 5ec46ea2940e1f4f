import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectSocket } from 'node:net';

/** A message without fields, with the five bytes of gRPC before it. */
const EMPTY = Buffer.alloc(5);
const HEADERS = {
  ':method': 'POST',
  ':path': '/SpiffeWorkloadAPI/FetchX509SVID',
  'content-type': 'application/grpc',
  te: 'trailers',
  'workload.spiffe.io': 'true',
};

/** Follows the X.509-SVIDs of this process on a connection of its own. `onMessage` hears of each message in full;
 *  `onEnd`, of why there will be none any more. */
export function followSvids(
  socket: string,
  onMessage: () => void,
  onEnd: (why: string) => void,
): ClientHttp2Session {
  const session = connect('http://localhost', { createConnection: () => connectSocket(socket) });
  session.on('error', ({ message }) => onEnd(message));
  const stream = session.request(HEADERS);
  let left = 0;
  let prefix = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    for (let rest = chunk; rest.length > 0; ) {
      if (left === 0) {
        const start = rest.subarray(0, 5 - prefix.length);
        prefix = Buffer.concat([prefix, start]);
        rest = rest.subarray(start.length);
        if (prefix.length < 5) return;
        left = prefix.readUInt32BE(1);
        prefix = Buffer.alloc(0);
        continue;
      }
      const taken = Math.min(left, rest.length);
      left -= taken;
      rest = rest.subarray(taken);
      if (left === 0) onMessage();
    }
  });
  stream.on('error', ({ message }) => onEnd(message));
  stream.on('trailers', (trailers) =>
    onEnd(decodeURIComponent(String(trailers['grpc-message'] ?? 'the stream ended'))),
  );
  stream.end(EMPTY);
  return session;
}
