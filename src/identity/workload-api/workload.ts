import { Fault, messageOf } from '../../base/fault.ts';
import type { GrpcCall } from '../../base/grpc/index.ts';
import type { Peer } from '../attestation/index.ts';
import type { Selector } from '../registration/index.ts';
import type { WorkloadApiPorts } from './ports.ts';
import { hasChanged, headerIsMissing, refusalOf } from './refusals.ts';

const HEADER = 'workload.spiffe.io';

/** The workload that makes a call, as far as it is known. */
export interface Workload {
  readonly method: string;
  readonly peer: Peer;
  readonly selectors: readonly Selector[];
}

/** Does the work for a workload that calls the Workload API.
 *  @throws {Fault} `identity/header-invalid` before anything is looked at; as `forPeer` */
export async function forWorkload<Result>(
  ports: WorkloadApiPorts,
  call: GrpcCall,
  work: (workload: Workload) => Promise<Result>,
): Promise<Result> {
  if (call.headers[HEADER] !== 'true') throw headerIsMissing();
  return forPeer(ports, call, work);
}

/** Finds out who calls, does the work for it, and tells of the refusal where there is one.
 *  @throws {Fault} what attestation refuses; what the work throws */
export async function forPeer<Result>(
  ports: WorkloadApiPorts,
  call: GrpcCall,
  work: (workload: Workload) => Promise<Result>,
): Promise<Result> {
  const method = call.path.slice(call.path.lastIndexOf('/') + 1);
  const peer = ports.peers.peerOf(call.socket);
  let selectors: readonly Selector[] = [];
  try {
    selectors = await selectorsOf(ports, peer);
    return await work({ method, peer, selectors });
  } catch (thrown) {
    // Who goes away, or is too late, was not refused.
    if (thrown instanceof Fault && !thrown.code.startsWith('grpc/')) {
      ports.onCall?.({ method, peer, selectors, spiffeIds: [], refusedFor: messageOf(thrown) });
    }
    throw thrown;
  }
}

/** Makes sure that a workload still is what it was when its call began: a process may have become another program,
 *  or have handed its connection on.
 *  @throws {Fault} what attestation refuses, `identity/workload-unavailable` */
export async function attestAgain(ports: WorkloadApiPorts, before: Workload): Promise<void> {
  const selectors = await selectorsOf(ports, before.peer);
  const isSame =
    selectors.length === before.selectors.length &&
    selectors.every((selector, index) => selector === before.selectors[index]);
  if (!isSame) throw hasChanged();
}

async function selectorsOf(ports: WorkloadApiPorts, peer: Peer): Promise<readonly Selector[]> {
  const attestation = await ports.attest(peer);
  if (attestation.kind === 'refused') throw refusalOf(attestation);
  return attestation.selectors;
}
