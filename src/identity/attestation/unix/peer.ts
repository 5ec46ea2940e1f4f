import { closeSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Fault, messageOf } from '../../../base/fault.ts';
import { forbidden } from '../attestation.ts';

/** Who is at the other end of a Unix socket, as the kernel has it. */
export interface Peer {
  readonly pid: number;
  /** Effective, of the moment of connecting. */
  readonly uid: number;
  readonly gid: number;
  /** Whether the process that connected is surely no more. Where the kernel gives no handle on it
   *  (before Linux 6.5), it is never sure. */
  hasEnded(): boolean;
  /** Gives the handle back. Doing it twice does nothing. */
  release(): void;
}

/** Asks the kernel about sockets. */
export interface PeerReader {
  /** @throws {Fault} `identity/attestation-forbidden/no-peer` */
  peerOf(socket: Socket): Peer;
}

/** @see unix(7), socket(7) and the kernel's asm-generic/socket.h */
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SO_PEERPIDFD = 77;

type GetSockOpt = (
  fd: number,
  level: number,
  option: number,
  value: Int32Array,
  length: Uint32Array,
) => number;

/** Opens the way to the kernel's word on peers of Unix sockets: the C library's `getsockopt`, which Node
 *  does not offer.
 *  @throws {Fault} `identity/peer-unimplemented` elsewhere than on Linux, and where the package that
 *  calls the C library is missing */
export async function openPeerReader(platform = process.platform): Promise<PeerReader> {
  if (platform !== 'linux') {
    throw new Fault(
      'identity/peer-unimplemented',
      `Who connects to a Unix socket can be told on Linux only, and this is ${platform}`,
      { hint: 'run the agent on Linux, or let workloads prove themselves by a token' },
    );
  }
  const getSockOpt = await loadGetSockOpt();
  return { peerOf: (socket) => readPeer(getSockOpt, fileDescriptorOf(socket)) };
}

async function loadGetSockOpt(): Promise<GetSockOpt> {
  try {
    const { default: koffi } = await import('koffi');
    // No file is named, so that the C library is the one that this process runs on, glibc or musl.
    return koffi
      .load(null)
      .func('int getsockopt(int, int, int, _Out_ void *, _Inout_ uint32_t *)') as GetSockOpt;
  } catch (thrown) {
    throw new Fault(
      'identity/peer-unimplemented',
      `Who connects to a Unix socket cannot be told: ${messageOf(thrown)}`,
      { hint: 'install the optional packages of koffi for this machine', cause: thrown },
    );
  }
}

/** Node keeps the descriptor on the socket's handle and documents neither; a closed socket has none. */
function fileDescriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly fd?: unknown } | null };
  const fd = handle?.fd;
  if (typeof fd === 'number' && fd >= 0) return fd;
  throw forbidden('no-peer', 'the connection is closed');
}

function readPeer(getSockOpt: GetSockOpt, fd: number): Peer {
  const credentials = new Int32Array(3);
  if (getSockOpt(fd, SOL_SOCKET, SO_PEERCRED, credentials, new Uint32Array([12])) !== 0) {
    throw forbidden('no-peer', 'the kernel does not say who is at the other end');
  }
  const [pid = 0, uid = -1, gid = -1] = credentials;
  // What the kernel gives for sockets of the internet, and for processes that cannot be named here.
  if (pid <= 0 || uid === -1) {
    throw forbidden('no-peer', 'the workload has no pid that is known here', {
      hint: 'let it connect through the Unix socket, and the agent see the pids of the host',
    });
  }
  return { pid, uid: uid >>> 0, gid: gid >>> 0, ...readHandle(getSockOpt, fd) };
}

/** A handle on the process itself, which no later process of the same pid can be mistaken for. */
function readHandle(getSockOpt: GetSockOpt, socket: number): Pick<Peer, 'hasEnded' | 'release'> {
  const found = new Int32Array([-1]);
  const isGiven = getSockOpt(socket, SOL_SOCKET, SO_PEERPIDFD, found, new Uint32Array([4])) === 0;
  let [pidfd = -1] = isGiven ? found : [];
  return {
    hasEnded: () => pidfd !== -1 && !isRunning(pidfd),
    release: () => {
      if (pidfd !== -1) closeSync(pidfd);
      pidfd = -1;
    },
  };
}

/** @see pidfd_open(2): the handle names the pid until the process has been waited for, then -1 */
function isRunning(pidfd: number): boolean {
  const info = readFileSync(`/proc/self/fdinfo/${pidfd}`, 'utf8');
  return /^Pid:\t[1-9]/m.test(info);
}
