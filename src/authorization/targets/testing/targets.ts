import { compileCilium } from '../cilium/compile.ts';
import { Cilium } from '../cilium/testing/evaluator.ts';
import { compileKuma } from '../kuma/compile.ts';
import { Kuma } from '../kuma/testing/evaluator.ts';
import { compileLinkerd } from '../linkerd/compile.ts';
import { Linkerd } from '../linkerd/testing/evaluator.ts';
import { compileNetworkPolicy } from '../networkpolicy/compile.ts';
import { Network } from '../networkpolicy/testing/evaluator.ts';
import type { TestedTarget } from './agreement.ts';

/** Targets with evaluators of their words. */
export const TESTED: Readonly<Record<string, TestedTarget>> = {
  networkpolicy: {
    compile: compileNetworkPolicy,
    lets: ({ files }) => {
      const network = new Network(files);
      return (from, to, request) => network.lets(from, to, request);
    },
  },
  'networkpolicy with egress': {
    compile: (rules, context) => compileNetworkPolicy(rules, { ...context, egress: true }),
    lets: ({ files }) => {
      const network = new Network(files);
      return (from, to, request) => network.lets(from, to, request);
    },
  },
  cilium: {
    compile: compileCilium,
    lets: ({ files }) => {
      const cilium = new Cilium(files);
      return (from, to, request) => cilium.lets(from, to, request);
    },
  },
  linkerd: {
    compile: compileLinkerd,
    lets: ({ files }) => {
      const linkerd = new Linkerd(files);
      return (from, to, request) => linkerd.lets(from, to, request);
    },
  },
  kuma: {
    compile: compileKuma,
    lets: ({ files }, { trustDomain }) => {
      const kuma = new Kuma(files, trustDomain);
      return (from, to) => kuma.lets(from, to);
    },
  },
};
