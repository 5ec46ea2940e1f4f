export type { Attestation, Attested, Refused } from './attestation.ts';
export {
  type Attestor,
  type AttestorPorts,
  type Attestors,
  createAttestors,
  createWorkloadAttestor,
  machinePorts,
} from './attestors.ts';
export { type CgroupPlace, type ContainerPlace, parseCgroups } from './cgroup/index.ts';
export { AttestationConfig } from './config.ts';
export {
  DocumentJoinTokenStore,
  JOIN_TOKEN_PREFIX,
  type JoinEvidence,
  type JoinFacts,
  type JoinToken,
  type JoinTokenMaker,
  type JoinTokenStore,
  makeJoinToken,
} from './join-token/index.ts';
export {
  type Cluster,
  type ClusterKeys,
  NodePods,
  type NodePodsOptions,
  type PodDirectory,
  type PodFacts,
  type PodIdentity,
  readClusterKeys,
  type TokenApi,
  TokenCluster,
  type TokenClusterParts,
  type TokenEvidence,
  type TokenReviewer,
  tokenReviewer,
} from './kubernetes/index.ts';
export { attestMachine, type MachineAttestor, type MachinePorts } from './machine.ts';
export { type ProcFiles, procFiles } from './proc/index.ts';
export {
  type AccountNames,
  type AheadPorts,
  accountNames,
  digestAhead,
  type Executable,
  Executables,
  openPeerReader,
  type Peer,
  type PeerReader,
  runningPids,
} from './unix/index.ts';
export { isStillRunning, type WorkloadFacts, type WorkloadPorts } from './workload.ts';
