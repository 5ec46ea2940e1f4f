import { compareText } from '../../base/diagnostic.ts';
import { entryOf, listAt, pick, textAt } from '../../base/pick.ts';
import type { Posture } from '../../estate/index.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { matchesSelector } from '../kubernetes/selector.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { type InboundVerdict, type Place, titleOf } from '../mesh/verdict.ts';
import { type KumaFacts, meshNameOf, meshNameOfPolicy, SYSTEM_NAMESPACES } from './facts.ts';
import { membershipOf } from './injection.ts';
import { isPolicyFor, narrowness } from './target.ts';

const INBOUND: Record<string, Posture['inbound']> = {
  STRICT: 'strict',
  PERMISSIVE: 'permissive',
};

/** Judges what a workload lets in: its Mesh must enable a backend (or a MeshIdentity give it an
 *  identity); the backend's mode is STRICT unless it says PERMISSIVE, and the narrowest MeshTLS
 *  overrides it, on one port or on all.
 *  @see https://kuma.io/docs/latest/policies/mutual-tls/ and https://kuma.io/docs/latest/policies/meshtls/ */
export function inboundMtls(workload: Workload, facts: KumaFacts): readonly InboundVerdict[] {
  const membership = membershipOf(workload, facts);
  if (!membership.member) {
    const { because, at } = membership;
    return [{ inbound: 'disabled', because, at, explicit: false }];
  }
  const assumed = membership.because === undefined ? '' : ` (${membership.because})`;
  const ofMesh = verdictOfMesh(workload, facts);
  const overrides = ofMesh.inbound === 'disabled' ? [] : overridesFor(workload, facts);
  const [general = ofMesh] = overrides.filter(({ port }) => port === undefined);
  const ports = new Map<number, InboundVerdict>();
  for (const verdict of overrides) {
    if (verdict.port !== undefined && !ports.has(verdict.port)) ports.set(verdict.port, verdict);
  }
  return [general, ...ports.values()].map((verdict) => ({
    ...verdict,
    because: verdict.because + assumed,
  }));
}

function verdictOfMesh(workload: Workload, facts: KumaFacts): InboundVerdict {
  const identity = facts.identities.find((one) => isIdentityOf(one, workload));
  if (identity) {
    const because = `${titleOf(identity)} gives it an identity, and the default mode is Strict`;
    return {
      inbound: 'strict',
      because,
      at: { resource: identity, path: ['spec'] },
      explicit: true,
    };
  }
  const name = meshNameOf(workload);
  const mesh = facts.meshes.get(name);
  if (!mesh) return verdictWithoutMesh(name, workload);
  const backend = textAt(mesh.value, 'spec', 'mtls', 'enabledBackend');
  if (!backend) {
    const because = `${titleOf(mesh)} enables no mTLS backend`;
    return { inbound: 'disabled', because, at: { resource: mesh, path: ['spec'] }, explicit: true };
  }
  return verdictOfBackend(mesh, backend);
}

/** Kuma makes the mesh `default` by itself, without mTLS. */
function verdictWithoutMesh(name: string, { resource }: Workload): InboundVerdict {
  const at = { resource, path: ['metadata', 'name'] };
  return name === 'default'
    ? {
        inbound: 'disabled',
        because: 'no Mesh enables mTLS, and the default is none',
        at,
        explicit: false,
      }
    : { inbound: 'unknown', because: `Mesh ${name} is not here`, at, explicit: false };
}

function verdictOfBackend(mesh: Resource, enabled: string): InboundVerdict {
  const path = ['spec', 'mtls', 'enabledBackend'];
  const backends = listAt(mesh.value, 'spec', 'mtls', 'backends');
  const index = backends.findIndex((backend) => textAt(backend, 'name') === enabled);
  if (index === -1) {
    const because = `${titleOf(mesh)} enables a backend that it does not have`;
    return { inbound: 'unknown', because, at: { resource: mesh, path }, explicit: true };
  }
  const mode = textAt(backends[index], 'mode');
  const at: Place = {
    resource: mesh,
    path: mode === undefined ? path : ['spec', 'mtls', 'backends', index, 'mode'],
  };
  const inbound = entryOf(INBOUND, mode ?? 'STRICT') ?? 'unknown';
  const how = mode ?? 'STRICT by default';
  return { inbound, because: `${titleOf(mesh)} mTLS is ${how}`, at, explicit: true };
}

function isIdentityOf(identity: Resource, workload: Workload): boolean {
  if (meshNameOfPolicy(identity) !== meshNameOf(workload)) return false;
  return matchesSelector(pick(identity.value, 'spec', 'selector', 'dataplane'), workload.podLabels);
}

/** What MeshTLS policies say, the one that counts first. */
function overridesFor(workload: Workload, facts: KumaFacts): InboundVerdict[] {
  return facts.meshTls
    .filter((policy) => isPolicyFor(policy, workload, facts))
    .sort(
      (a, b) =>
        narrowness(b) - narrowness(a) || rankOf(a) - rankOf(b) || compareText(a.name, b.name),
    )
    .flatMap((policy) => overrideOf(policy, workload));
}

/** A policy of the workload's own namespace counts more than one of the system's. */
function rankOf({ namespace }: Resource): number {
  return namespace === undefined || SYSTEM_NAMESPACES.includes(namespace) ? 1 : 0;
}

function overrideOf(policy: Resource, workload: Workload): InboundVerdict[] {
  for (const list of ['rules', 'from']) {
    const index = listAt(policy.value, 'spec', list).findIndex(
      (item) => textAt(item, 'default', 'mode') !== undefined,
    );
    if (index === -1) continue;
    const path = ['spec', list, index, 'default', 'mode'];
    const mode = textAt(policy.value, ...path) ?? '';
    const section = textAt(policy.value, 'spec', 'targetRef', 'sectionName');
    const port = section === undefined ? undefined : portOf(section, workload);
    // A section that the workload does not have concerns none of its ports.
    if (section !== undefined && port === undefined) return [];
    return [
      {
        inbound: entryOf(INBOUND, mode.toUpperCase()) ?? 'unknown',
        ...(port !== undefined && { port }),
        because: `${titleOf(policy)} ${mode}`,
        at: { resource: policy, path },
        explicit: true,
      },
    ];
  }
  return [];
}

function portOf(section: string, { ports }: Workload): number | undefined {
  return ports.find(({ name, number }) => name === section || String(number) === section)?.number;
}
