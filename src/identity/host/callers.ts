import type { GrpcCall } from '../../base/grpc/index.ts';
import {
  attestAgain,
  forWorkload,
  refusalOf,
  type Workload,
  type WorkloadApiPorts,
} from '../workload-api/index.ts';
import type { IdentitySupply } from './supply.ts';

/** The workload that makes a call, by the identities that are its own, be they issued already or not. */
export interface CallingWorkload {
  /** The SPIFFE IDs that it may have now, at least one; undefined: that cannot be said yet.
   *  @throws {Fault} `identity/entry-forbidden` where it may have none */
  identities(): readonly string[] | undefined;
  /** Attests it once more.
   *  @throws {Fault} `identity/workload-unavailable` where it has become another; what attestation refuses */
  confirm(): Promise<void>;
  /** Tells that it may have others now; what it gives ends that. */
  onChange(listener: () => void): () => void;
}

type Supply = Pick<IdentitySupply, 'match' | 'onChange'>;

/** Attests the workload that calls a method beside the Workload API, and does the work for it.
 *  @throws {Fault} `identity/header-invalid`; what attestation refuses; what the work throws */
export function forCallingWorkload(
  ports: WorkloadApiPorts,
  supply: Supply,
  call: GrpcCall,
  work: (caller: CallingWorkload) => Promise<void>,
): Promise<void> {
  return forWorkload(ports, call, (workload) => work(callingWorkload(ports, supply, workload)));
}

function callingWorkload(
  ports: WorkloadApiPorts,
  supply: Supply,
  workload: Workload,
): CallingWorkload {
  return {
    identities: () => {
      const matched = supply.match(workload.selectors);
      if (matched.kind === 'none') throw refusalOf(matched);
      if (matched.kind === 'starting') return undefined;
      return [...new Set(matched.matches.map(({ entry }) => entry.spiffeId))];
    },
    confirm: () => attestAgain(ports, workload),
    // who is revoked matches no entry any more, which is told as a change of trust
    onChange: (listener) => supply.onChange(() => listener()),
  };
}
