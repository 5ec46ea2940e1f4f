import { type OpaBundle, packBundle } from '../../authorization/enforcement/opa/index.ts';
import { Engine } from '../../authorization/engine/index.ts';
import { CedarJudge } from '../../authorization/guardrails/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import { compileOpa } from '../../authorization/targets/opa/index.ts';
import { signerOf } from './bundle-key.ts';

/** What a bundle is made with besides a policy. */
export interface BundleTerms {
  readonly trustDomain: string;
  /** PEM. */
  readonly privateKey: string;
}

/** A policy as a signed bundle for OPAs. Of 10,000 services that takes seconds. */
export function makeBundle(
  policy: Policy,
  { trustDomain, privateKey }: BundleTerms,
): Promise<OpaBundle> {
  const engine = new Engine(policy, new CedarJudge(policy.guardrails));
  const context = { placements: new Map(), trustDomain, policy, egress: false };
  const { files } = compileOpa(engine.rules(), context);
  return packBundle(files, signerOf(privateKey));
}
