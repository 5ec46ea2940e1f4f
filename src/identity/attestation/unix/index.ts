export { type AheadPorts, digestAhead, runningPids } from './digests-ahead.ts';
export { type Executable, Executables } from './executable.ts';
export { type AccountNames, accountNames, parseNames } from './names.ts';
export { openPeerReader, type Peer, type PeerReader } from './peer.ts';
