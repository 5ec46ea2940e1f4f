import type { Socket } from 'node:net';
import { perConnection } from '../../base/grpc/index.ts';
import type { Peer, PeerReader } from '../attestation/index.ts';

/** Who is at the other end of each connection, asked of the kernel once, as soon as there is one: the sooner, the
 *  surer the handle is one on the process that connected. */
export interface ConnectedPeers extends PeerReader {
  readonly onConnection: (socket: Socket) => void;
}

/** Remembers what a reader says of a connection until that is closed, and then gives the handle back. */
export function connectedPeers(reader: PeerReader): ConnectedPeers {
  const peerOf = perConnection((socket: Socket): { peer: Peer } | { thrown: unknown } => {
    try {
      const peer = reader.peerOf(socket);
      socket.once('close', () => peer.release());
      return { peer };
    } catch (thrown) {
      return { thrown };
    }
  });
  return {
    onConnection: (socket) => void peerOf(socket),
    peerOf: (socket) => {
      const found = peerOf(socket);
      if ('thrown' in found) throw found.thrown;
      return found.peer;
    },
  };
}
