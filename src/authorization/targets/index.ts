/** A policy in the words of others. */
import { compileCedar } from './cedar/index.ts';
import { compileCilium } from './cilium/index.ts';
import type { Compile } from './compiled.ts';
import { compileEnvoyRbac } from './envoy-rbac/index.ts';
import { inOrder } from './in-order.ts';
import { compileIstio } from './istio/index.ts';
import { compileKong } from './kong/index.ts';
import { compileKuma } from './kuma/index.ts';
import { compileLinkerd } from './linkerd/index.ts';
import { compileNetworkPolicy } from './networkpolicy/index.ts';
import { compileOpa } from './opa/index.ts';

export type {
  Compile,
  Compiled,
  CompiledFile,
  Notice,
  NoticeEffect,
  PlacedWorkload,
  Placement,
  PodSelector,
  TargetContext,
} from './compiled.ts';
export { placementsOf } from './placements.ts';

/** Something that enforces a policy in its own words. */
export interface Target {
  /** What it enforces, in a few words. */
  readonly enforces: string;
  readonly compile: Compile;
}

/** By name; one more is one line more. */
export const TARGETS: Readonly<Record<string, Target>> = {
  cedar: {
    enforces: 'all of it, guardrails included, where Cedar is asked',
    compile: inOrder(compileCedar),
  },
  cilium: {
    enforces: 'connections by account, proved; requests by method and path',
    compile: inOrder(compileCilium),
  },
  'envoy-rbac': {
    enforces: 'requests by identity, method and path',
    compile: inOrder(compileEnvoyRbac),
  },
  istio: {
    enforces: 'requests by identity, method and path',
    compile: inOrder(compileIstio),
  },
  kong: {
    enforces: 'requests by consumer, method and path',
    compile: inOrder(compileKong),
  },
  kuma: {
    enforces: 'connections by identity',
    compile: inOrder(compileKuma),
  },
  linkerd: {
    enforces: 'requests by account, method and path',
    compile: inOrder(compileLinkerd),
  },
  networkpolicy: {
    enforces: 'connections by label of the pod, and port',
    compile: inOrder(compileNetworkPolicy),
  },
  opa: {
    enforces: 'all of it but guardrails that look at requests, where OPA is asked',
    compile: inOrder(compileOpa),
  },
};
