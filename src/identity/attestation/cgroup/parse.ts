import { quote } from '../../../base/fault.ts';
import { forbidden } from '../attestation.ts';

/** A container, as its runtime has named its cgroup. */
export interface ContainerPlace {
  readonly runtime: 'docker' | 'containerd' | 'cri-o' | 'podman';
  /** 64 hexadecimal digits. */
  readonly id: string;
}

/** What runs a process, by its cgroups. */
export interface CgroupPlace {
  /** Of systemd: `orders.service`. */
  readonly unit?: string;
  readonly container?: ContainerPlace;
  /** Of the Kubernetes pod. */
  readonly podUid?: string;
}

interface Hierarchy {
  /** Empty for cgroup v2. */
  readonly controllers: string;
  readonly path: string;
}

const MAX_LINES = 128;

/** Reads `/proc/PID/cgroup`, of cgroup v1, v2 and both. Only what root has named counts: from where a
 *  user's own manager rules, names say nothing. The outermost container counts: what runs within it is
 *  for it to name.
 *  @throws {Fault} `identity/attestation-forbidden/…`: not such a file, or hierarchies that contradict each
 *  other
 *  @see cgroups(7) */
export function parseCgroups(bytes: Buffer): CgroupPlace {
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  if (lines.length > MAX_LINES) {
    throw forbidden('process-unreadable', `the process has more than ${MAX_LINES} cgroups`);
  }
  const hierarchies = lines.map(parseLine);
  const places = hierarchies.map(({ path }) => placeIn(path));
  const container = theOne('container', places, (place) => place.container?.id);
  const pod = theOne('pod', places, (place) => place.podUid);
  const unit = container || pod ? undefined : unitOf(hierarchies);
  return {
    ...(unit !== undefined && { unit }),
    ...(container?.container && { container: container.container }),
    ...(pod?.podUid !== undefined && { podUid: pod.podUid }),
  };
}

function parseLine(line: string): Hierarchy {
  const [, controllers, path] = /^\d{1,10}:([^:]*):(\/.*)$/s.exec(line) ?? [];
  if (controllers === undefined || path === undefined) {
    throw forbidden('process-unreadable', `${quote(line)} does not name a cgroup`);
  }
  return { controllers, path };
}

/** Hierarchies may say nothing, but not different things. */
function theOne(
  what: string,
  places: readonly CgroupPlace[],
  nameOf: (place: CgroupPlace) => string | undefined,
): CgroupPlace | undefined {
  const named = places.filter((place) => nameOf(place) !== undefined);
  const names = [...new Set(named.map(nameOf))];
  if (names.length > 1) {
    const shown = names.slice(0, 2).map((name) => quote(name));
    throw forbidden(
      'cgroups-differ',
      `its cgroups name more than one ${what}: ${shown.join(', ')}`,
    );
  }
  return named[0];
}

const ID = '([0-9a-f]{64})';
/** How runtimes name the cgroup of a container, by the names before it. */
const CONTAINERS: readonly {
  readonly segment: RegExp;
  readonly runtime: ContainerPlace['runtime'];
  /** The name of the parent, where that of the container alone says too little. */
  readonly within?: RegExp;
}[] = [
  { segment: new RegExp(`^docker-${ID}\\.scope$`), runtime: 'docker' },
  { segment: new RegExp(`^(?:[^:]+\\.slice):docker:${ID}$`), runtime: 'docker' },
  { segment: new RegExp(`^${ID}$`), runtime: 'docker', within: /^docker$/ },
  {
    segment: new RegExp(`^(?:cri-containerd|containerd|nerdctl)-${ID}\\.scope$`),
    runtime: 'containerd',
  },
  {
    segment: new RegExp(`^(?:[^:]+\\.slice):(?:cri-containerd|nerdctl):${ID}$`),
    runtime: 'containerd',
  },
  {
    segment: new RegExp(`^${ID}$`),
    runtime: 'containerd',
    within: /^(?:pod[0-9a-f-]{32,36}|.*-pod[0-9a-f_]{32,36}\.slice)$/,
  },
  { segment: new RegExp(`^crio-${ID}(?:\\.scope)?$`), runtime: 'cri-o' },
  { segment: new RegExp(`^libpod-${ID}(?:\\.scope)?$`), runtime: 'podman' },
];

const UID = '([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})';
/** How the kubelet names the cgroup of a pod; a static pod's uid is a hash. */
const PODS: readonly { readonly segment: RegExp; readonly within?: RegExp }[] = [
  {
    segment: new RegExp(
      `^(?:[a-z0-9-]+-)?kubepods(?:-burstable|-besteffort)?-pod${UID}\\.slice(?::.*)?$`,
    ),
  },
  { segment: new RegExp(`^pod${UID}$`), within: /^(?:kubepods|burstable|besteffort)$/ },
];

/** Services that make containers. Within another service, names are those of whoever it runs as. */
const RUNTIME_SERVICES = new Set([
  'containerd.service',
  'crio.service',
  'docker.service',
  'kubelet.service',
  'k3s.service',
  'k3s-agent.service',
  'rke2-agent.service',
  'rke2-server.service',
]);

/** What a path names, from the root inwards, until it names a container. */
function placeIn(path: string): CgroupPlace {
  const segments = segmentsOf(path);
  let podUid: string | undefined;
  for (const [index, segment] of segments.entries()) {
    const parent = segments[index - 1] ?? '';
    podUid ??= podIn(segment, parent);
    const container = containerIn(segment, parent);
    if (container) return { container, ...(podUid !== undefined && { podUid }) };
    if (segment.endsWith('.service') && !RUNTIME_SERVICES.has(segment)) break;
  }
  return podUid === undefined ? {} : { podUid };
}

/** Of an agent in a cgroup namespace of its own, paths of others climb first. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  const first = segments.findIndex((segment) => segment !== '..');
  return first === -1 ? [] : segments.slice(first);
}

function podIn(segment: string, parent: string): string | undefined {
  for (const { segment: pattern, within } of PODS) {
    const uid = pattern.exec(segment)?.[1];
    if (uid !== undefined && (within === undefined || within.test(parent))) {
      return uid.replaceAll('_', '-');
    }
  }
  return undefined;
}

function containerIn(segment: string, parent: string): ContainerPlace | undefined {
  for (const { segment: pattern, runtime, within } of CONTAINERS) {
    const id = pattern.exec(segment)?.[1];
    if (id !== undefined && (within === undefined || within.test(parent))) return { runtime, id };
  }
  return undefined;
}

/** The unit by the hierarchy that systemd keeps: its own of v1, or v2. */
function unitOf(hierarchies: readonly Hierarchy[]): string | undefined {
  const units = ['name=systemd', ''].flatMap((name) =>
    hierarchies.filter(({ controllers }) => controllers === name).map(({ path }) => unitIn(path)),
  );
  const [unit, ...others] = new Set(units.filter((one) => one !== undefined));
  if (others.length > 0) {
    throw forbidden(
      'cgroups-differ',
      `its cgroups name more than one unit: ${quote(unit)}, ${quote(others[0])}`,
    );
  }
  return unit;
}

const UNIT = /^[A-Za-z0-9:_.\\@-]{1,240}\.(?:service|scope|socket|mount|swap)$/;

/** The first name that is no slice is the unit; below it, the unit's own processes name what they like. A
 *  path that climbs (`/../…`) does not begin at the root, and its first name is no unit.
 *  @see systemd.unit(5), and systemd.resource-control(5) on delegation */
function unitIn(path: string): string | undefined {
  const segments = path.split('/').slice(1);
  const name = segments.find((segment) => !segment.endsWith('.slice'));
  if (name === undefined || !UNIT.test(name)) return undefined;
  // A name that systemd has escaped, because it looked like a controller's.
  return name.startsWith('_') ? name.slice(1) : name;
}
