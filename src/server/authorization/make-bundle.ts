import { type OpaBundle, packBundle } from '../../authorization/enforcement/opa/index.ts';
import { Engine } from '../../authorization/engine/index.ts';
import { CedarJudge } from '../../authorization/guardrails/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import { OpaCompiler } from '../../authorization/targets/opa/index.ts';
import { signerOf } from './bundle-key.ts';

/** What a bundle is made with besides a policy. */
export interface BundleTerms {
  /** PEM. */
  readonly privateKey: string;
}

/** Makes policies, one after the other, into signed bundles for OPAs. Of 10,000 services the first takes ten seconds and
 *  more; what callees come to is remembered. */
export class BundleMaker {
  readonly #compiler = new OpaCompiler();

  /** @param changed as `OpaCompiler.compile` has it */
  make(
    policy: Policy,
    { privateKey }: BundleTerms,
    changed?: ReadonlySet<string>,
  ): Promise<OpaBundle> {
    const rules = new Engine(policy, new CedarJudge(policy.guardrails)).rules();
    const files = this.#compiler.compile(rules, policy, changed);
    return packBundle(
      files.map((file) => ({ ...file, isCanonical: true })),
      signerOf(privateKey),
    );
  }
}
