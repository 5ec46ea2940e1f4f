import { type Attested, attested, type Claim, forbidden } from './attestation.ts';
import { type CgroupPlace, parseCgroups } from './cgroup/index.ts';
import { type PodDirectory, type PodFacts, podClaims } from './kubernetes/index.ts';
import {
  hasEnded,
  isDead,
  type ProcFiles,
  type ProcStat,
  type ProcStatus,
  parseStat,
  parseStatus,
} from './proc/index.ts';
import type { AccountNames, Executable, Executables, Peer } from './unix/index.ts';

/** What is known of a process of this machine. */
export interface WorkloadFacts {
  readonly pid: number;
  /** Clock ticks since the machine started; with the pid it names the process for good. */
  readonly startTicks: number;
  readonly runsAs: ProcStatus;
  readonly executable: Executable;
  readonly place: CgroupPlace;
  /** Of its pod, where the API server has told of it. */
  readonly pod?: PodFacts;
}

/** How workloads of this machine are looked at. */
export interface WorkloadPorts {
  readonly proc: ProcFiles;
  readonly executables: Executables;
  readonly names: AccountNames;
  /** Whether any entry asks for `unix:sha256`, for which whole executables are read; absent: yes. */
  needsDigest?(): boolean;
  /** The pods of this node; absent where no cluster tells of them. */
  readonly pods?: PodDirectory;
}

/** Supplementary groups that become selectors. */
const MAX_GROUPS = 64;

/** Says what a process is that has connected. What is read counts only if the process was the same before
 *  and after: that which connected, by the kernel's handle on it or else by its start, and as the user
 *  that it connected as.
 *  @throws {Fault} `identity/attestation-forbidden/…` */
export async function attestWorkload(
  peer: Peer,
  { proc, executables, names, needsDigest, pods }: WorkloadPorts,
): Promise<Attested<WorkloadFacts>> {
  const { pid } = peer;
  const before = await startOf(proc, peer);
  const runsAs = parseStatus(await proc.bytes(pid, 'status'));
  if (runsAs.uid !== peer.uid || runsAs.gid !== peer.gid) throw hasOtherUser(peer, runsAs);
  const executable = await executables.identify(pid, needsDigest?.());
  const place = parseCgroups(await proc.bytes(pid, 'cgroup'));
  const { pod, claims: ofPod, notes: onPod } = await podOf(place, pods);
  const claims = [
    ...(await userClaims(runsAs, names)),
    ...executableClaims(executable),
    ...placeClaims(place),
    ...ofPod,
  ];
  const after = await startOf(proc, peer);
  if (after.startTicks !== before.startTicks) throw hasEnded(pid);
  const hidden = runsAs.groups.length - MAX_GROUPS;
  const facts = {
    pid,
    startTicks: before.startTicks,
    runsAs,
    executable,
    place,
    ...(pod && { pod }),
  };
  return attested(facts, claims, [
    ...executable.notes,
    ...onPod,
    ...(hidden > 0 ? [`${hidden} supplementary groups are left out: ${MAX_GROUPS} are told`] : []),
  ]);
}

/** Whether a process that was attested still runs, so that what it was given may be renewed. */
export async function isStillRunning(
  { pid, startTicks }: Pick<WorkloadFacts, 'pid' | 'startTicks'>,
  proc: ProcFiles,
): Promise<boolean> {
  try {
    const stat = parseStat(await proc.bytes(pid, 'stat'));
    return stat.startTicks === startTicks && !isDead(stat);
  } catch {
    return false;
  }
}

async function startOf(proc: ProcFiles, peer: Peer): Promise<ProcStat> {
  const stat = parseStat(await proc.bytes(peer.pid, 'stat'));
  // Asked after the reading: if it runs still, what was read was its own.
  if (isDead(stat) || peer.hasEnded()) throw hasEnded(peer.pid);
  return stat;
}

function hasOtherUser(peer: Peer, { uid, gid }: ProcStatus) {
  return forbidden(
    'user-changed',
    `the workload (pid ${peer.pid}) connected as ${peer.uid}:${peer.gid} and runs as ${uid}:${gid}`,
    { hint: 'let it connect after it has changed its user' },
  );
}

async function userClaims({ uid, gid, groups }: ProcStatus, names: AccountNames): Promise<Claim[]> {
  const told = groups.slice(0, MAX_GROUPS);
  const groupNames = await Promise.all(told.map((group) => names.group(group)));
  return [
    ['unix', 'uid', uid],
    ['unix', 'gid', gid],
    ...named('user', await names.user(uid)),
    ...named('group', await names.group(gid)),
    ...told.map((group): Claim => ['unix', 'supplementary_gid', group]),
    ...groupNames.flatMap((name) => named('supplementary_group', name)),
  ];
}

function named(key: string, name: string | undefined): Claim[] {
  return name === undefined ? [] : [['unix', key, name]];
}

function executableClaims({ path, sha256 }: Executable): Claim[] {
  return [...named('path', path), ...named('sha256', sha256)];
}

function placeClaims({ unit, container, podUid }: CgroupPlace): Claim[] {
  const claims: Claim[] = [];
  if (unit !== undefined) claims.push(['systemd', 'id', unit]);
  if (container) claims.push(['container', 'id', container.id]);
  if (container) claims.push(['container', 'runtime', container.runtime]);
  if (podUid !== undefined) claims.push(['k8s', 'pod-uid', podUid]);
  return claims;
}

/** What the API server says of the pod that the cgroups name. */
async function podOf(
  { podUid, container }: CgroupPlace,
  pods: PodDirectory | undefined,
): Promise<{
  readonly pod?: PodFacts;
  readonly claims: readonly Claim[];
  readonly notes: string[];
}> {
  if (podUid === undefined || !pods) return { claims: [], notes: [] };
  const pod = await pods.podOf(podUid, container?.id);
  if (!pod) {
    const why = `the API server has not told of the pod ${podUid} on this node`;
    return { claims: [], notes: [`k8s:ns, k8s:sa and k8s:pod-name are left out: ${why}`] };
  }
  const isContainerKnown = container === undefined || pod.containers.has(container.id);
  return {
    pod,
    claims: podClaims(pod, container?.id),
    notes: isContainerKnown
      ? []
      : ['k8s:container-name is left out: the API server has not told of the container yet'],
  };
}
