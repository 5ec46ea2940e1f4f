import { entryOf, fieldsAt, textAt, textsAt } from '../../base/pick.ts';
import type { Posture } from '../../estate/index.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { matchesLabels } from '../kubernetes/selector.ts';
import { namespaceOf, type Workload } from '../kubernetes/workload.ts';
import { type InboundVerdict, type Place, titleOf } from '../mesh/verdict.ts';
import { bypassedPorts } from './bypass.ts';
import type { IstioFacts } from './facts.ts';
import { membershipOf } from './injection.ts';

const INBOUND: Record<string, Posture['inbound']> = {
  STRICT: 'strict',
  PERMISSIVE: 'permissive',
  DISABLE: 'disabled',
};

/** What one PeerAuthentication says of a port, or of all. */
interface Mode {
  readonly mode: string;
  readonly from: Resource;
  readonly at: Place;
}

/** Judges what a workload lets in: the narrowest PeerAuthentication wins (workload, namespace, mesh),
 *  the oldest wins a tie, UNSET inherits, and without any the mode is PERMISSIVE. The first verdict
 *  holds for every port that has none of its own.
 *  @see https://istio.io/latest/docs/reference/config/security/peer_authentication/ */
export function inboundMtls(workload: Workload, facts: IstioFacts): readonly InboundVerdict[] {
  const membership = membershipOf(workload, facts);
  if (!membership.member) {
    const { because, at } = membership;
    return [{ inbound: 'disabled', because, at, explicit: false }];
  }
  const assumed = membership.because === undefined ? '' : ` (${membership.because})`;
  const contradiction = contradictionFor(workload, facts);
  const scopes = scopesFor(workload, facts);
  const [own] = scopes;
  const general = contradiction ?? toVerdict(firstMode(scopes), workload, assumed);
  const ports = own && !contradiction ? portVerdicts(own, general, assumed) : [];
  const bypassed = bypassedPorts(workload);
  if (bypassed.all) return [bypassed.all];
  const open = new Set(bypassed.ports.map(({ port }) => port));
  return [general, ...ports.filter(({ port }) => !open.has(port)), ...bypassed.ports];
}

interface Scope {
  readonly resource: Resource | undefined;
  readonly hasPorts: boolean;
}

/** The PeerAuthentication of each scope that speaks of the workload, the narrowest first. */
function scopesFor(workload: Workload, facts: IstioFacts): Scope[] {
  const inNamespace = facts.peerAuthentications.get(namespaceOf(workload)) ?? [];
  const inRoot = facts.peerAuthentications.get(facts.rootNamespace) ?? [];
  const isRoot = namespaceOf(workload) === facts.rootNamespace;
  const own = isRoot ? undefined : inNamespace.find((one) => selects(one, workload));
  return [
    { resource: own, hasPorts: true },
    { resource: isRoot ? undefined : inNamespace.find(isForAll), hasPorts: false },
    { resource: inRoot.find(isForAll), hasPorts: false },
  ];
}

function firstMode(scopes: readonly Scope[]): Mode | undefined {
  for (const { resource } of scopes) {
    const mode = resource && textAt(resource.value, 'spec', 'mtls', 'mode');
    if (resource && mode && mode !== 'UNSET') {
      return { mode, from: resource, at: { resource, path: ['spec', 'mtls', 'mode'] } };
    }
  }
  return undefined;
}

function toVerdict(mode: Mode | undefined, workload: Workload, assumed: string): InboundVerdict {
  if (!mode) {
    return {
      inbound: 'permissive',
      because: `no PeerAuthentication sets a mode, and the default is PERMISSIVE${assumed}`,
      at: { resource: workload.resource, path: ['metadata', 'name'] },
      explicit: false,
    };
  }
  return {
    inbound: entryOf(INBOUND, mode.mode) ?? 'unknown',
    because: `${titleOf(mode.from)} ${mode.mode}${assumed}`,
    at: mode.at,
    explicit: true,
  };
}

/** Only a PeerAuthentication with a selector may speak of ports. */
function portVerdicts(own: Scope, general: InboundVerdict, assumed: string): InboundVerdict[] {
  const { resource } = own;
  if (!resource) return [];
  return Object.keys(fieldsAt(resource.value, 'spec', 'portLevelMtls')).flatMap((key) => {
    const mode = textAt(resource.value, 'spec', 'portLevelMtls', key, 'mode');
    const port = Number(key);
    if (!mode || mode === 'UNSET' || !isPort(port)) return [];
    const inbound = entryOf(INBOUND, mode) ?? 'unknown';
    if (inbound === general.inbound) return [];
    const at = { resource, path: ['spec', 'portLevelMtls', key, 'mode'] };
    const because = `${titleOf(resource)} ${mode} on port ${port}${assumed}`;
    return [{ inbound, port, because, at, explicit: true }];
  });
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535;
}

/** The specification lets a selector in the root namespace mean the mesh and the namespace alike. */
function contradictionFor(workload: Workload, facts: IstioFacts): InboundVerdict | undefined {
  const inRoot = facts.peerAuthentications.get(facts.rootNamespace) ?? [];
  const resource = inRoot.find((one) => selects(one, workload));
  if (!resource) return undefined;
  return {
    inbound: 'unknown',
    because: `${titleOf(resource)} selects it from the root namespace, which Istio leaves undefined`,
    at: { resource, path: ['spec', 'selector'] },
    explicit: true,
  };
}

function selectorOf(resource: Resource) {
  return textsAt(resource.value, 'spec', 'selector', 'matchLabels');
}

function isForAll(resource: Resource): boolean {
  return Object.keys(selectorOf(resource)).length === 0;
}

function selects(resource: Resource, workload: Workload): boolean {
  return !isForAll(resource) && matchesLabels(selectorOf(resource), workload.podLabels);
}
