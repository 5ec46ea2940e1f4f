import type { Clock } from '../../base/clock.ts';
import { type Attestation, type Attested, toRefused } from './attestation.ts';
import type { AttestationConfig } from './config.ts';
import {
  attestJoin,
  type JoinEvidence,
  type JoinFacts,
  type JoinTokenStore,
} from './join-token/index.ts';
import {
  attestToken,
  type Cluster,
  type PodIdentity,
  type TokenEvidence,
} from './kubernetes/index.ts';
import { procFiles } from './proc/index.ts';
import { timely } from './timely.ts';
import { accountNames, Executables, type Peer } from './unix/index.ts';
import { attestWorkload, type WorkloadFacts, type WorkloadPorts } from './workload.ts';

/** One way to prove what one is. */
export interface Attestor<Evidence, Facts> {
  /** What it does, for people: `judging the token`. */
  readonly activity: string;
  readonly timeoutMs: number;
  /** Never rejects but for a fault of Reeve's own: what is wrong with evidence is told. */
  attest(evidence: Evidence): Promise<Attestation<Facts>>;
}

/** Every attestor there is. */
export interface Attestors {
  readonly workload: Attestor<Peer, WorkloadFacts>;
  readonly kubernetes: Attestor<TokenEvidence, PodIdentity>;
  readonly 'join-token': Attestor<JoinEvidence, JoinFacts>;
}

/** What attestors need of the world. */
export interface AttestorPorts {
  readonly clock: Clock;
  readonly workload: WorkloadPorts;
  /** The clusters as they are known now: keys may have been read again. */
  clusters(): readonly Cluster[];
  readonly joinTokens: JoinTokenStore;
}

/** The attestors, each with its bounds. */
export function createAttestors(ports: AttestorPorts, config: AttestationConfig): Attestors {
  const { clock, workload, clusters, joinTokens } = ports;
  const tokenLimits = {
    clockSkewSeconds: config.kubernetes.clockSkewSeconds,
    maxLifetimeSeconds: config.kubernetes.maxTokenHours * 3_600,
  };
  return {
    workload: createWorkloadAttestor(workload, config),
    kubernetes: attestor(
      'judging the service account token',
      config.kubernetes.timeoutMs,
      (evidence, signal) => attestToken(evidence, clusters(), tokenLimits, clock(), signal),
    ),
    'join-token': attestor('using the join token', config.joinTokens.timeoutMs, (evidence) =>
      attestJoin(evidence, joinTokens, clock()),
    ),
  };
}

/** What looks at the processes of this machine. */
export function createWorkloadAttestor(
  ports: WorkloadPorts,
  { workload: { timeoutMs } }: Pick<AttestationConfig, 'workload'>,
): Attestors['workload'] {
  return attestor('looking at the process', timeoutMs, (peer) => attestWorkload(peer, ports));
}

function attestor<Evidence, Facts>(
  activity: string,
  timeoutMs: number,
  work: (evidence: Evidence, signal: AbortSignal) => Promise<Attested<Facts>>,
): Attestor<Evidence, Facts> {
  return {
    activity,
    timeoutMs,
    attest: (given) =>
      timely(timeoutMs, activity, (signal) => work(given, signal)).catch(toRefused),
  };
}

/** How processes of this machine are looked at. */
export function machinePorts({ workload }: Pick<AttestationConfig, 'workload'>): WorkloadPorts {
  const proc = procFiles();
  return {
    proc,
    executables: new Executables(proc, workload.maxExecutableMegabytes * 1_048_576),
    names: accountNames(),
  };
}
