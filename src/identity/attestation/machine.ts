import type { Attestor } from './attestors.ts';
import { createWorkloadAttestor, machinePorts } from './attestors.ts';
import type { AttestationConfig } from './config.ts';
import type { PodDirectory } from './kubernetes/index.ts';
import { digestAhead, type Peer, runningPids } from './unix/index.ts';
import type { WorkloadFacts } from './workload.ts';

/** What is asked while the processes of this machine are looked at. */
export interface MachinePorts {
  /** Whether any entry asks for `unix:sha256`, for which whole executables are read. */
  readonly needsDigest: () => boolean;
  /** What the cluster says of the pods of this machine. */
  readonly pods?: PodDirectory | undefined;
}

export interface MachineAttestor extends Attestor<Peer, WorkloadFacts> {
  close(): void;
}

/** Looks at the processes of this machine; while entries ask for digests, executables of running processes are read
 *  before these ask. */
export function attestMachine(
  config: Pick<AttestationConfig, 'workload'>,
  { needsDigest, pods }: MachinePorts,
): MachineAttestor {
  const machine = machinePorts(config);
  const looking = { ...machine, needsDigest, ...(pods && { pods }) };
  const close = digestAhead({ ...machine, isAskedFor: needsDigest, pids: runningPids });
  return { ...createWorkloadAttestor(looking, config), close };
}
