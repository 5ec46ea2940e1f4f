import type { Decision, Question } from '../../authorization/model/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type { DocumentStore, ServiceRecord } from '../../estate/index.ts';
import type { Registrar } from '../../identity/registration/index.ts';
import { type BundleKey, openBundleKey } from './bundle-key.ts';
import { Bundles } from './bundles.ts';
import type { AuthorizationConfig } from './config.ts';
import { addRegistered, identitiesByName } from './identities.ts';
import { PolicyKeeper } from './keeper.ts';
import { KeptSources } from './kept-sources.ts';

/** What authorisation is made with. */
export interface AuthorizationParts {
  readonly config: AuthorizationConfig;
  readonly store: DocumentStore;
  readonly dataFolder: string;
  readonly trustDomain: string;
  /** Undefined where no identities are given out: then services have those that their names say. */
  readonly registrar: Pick<Registrar, 'index' | 'onChange'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who may call whom. */
export interface Authorization {
  readonly sources: KeptSources;
  readonly policies: PolicyKeeper;
  readonly bundles: Bundles;
  readonly bundleKey: BundleKey;
  /** By the policy in force.
   *  @throws {Fault} `authorization/policy-unavailable` */
  decide(question: Question): Decision;
  close(): Promise<void>;
}

/** Puts the parts of authorisation together.
 *  @throws {Fault} `data/key-malformed` */
export function openAuthorization(parts: AuthorizationParts): Authorization {
  const { config, store, dataFolder, trustDomain, registrar, clock, log } = parts;
  const sources = new KeptSources(store, clock);
  const bundleKey = openBundleKey(dataFolder);
  const policies = new PolicyKeeper({
    sources,
    identitiesOf: (records) => identitiesOf(records, parts),
    defaultMode: config.defaultMode,
    clock,
    log,
  });
  const bundles = new Bundles({ policies, signer: bundleKey.signer, trustDomain, log });
  const unlisten = registrar?.onChange(() => void policies.refresh());
  return {
    sources,
    policies,
    bundles,
    bundleKey,
    decide: (question) => {
      const { current } = policies;
      if (current === undefined) throw notYet();
      return current.engine.decide(question);
    },
    close: async () => {
      unlisten?.();
      bundles.close();
      await policies.settled();
    },
  };
}

/** Nothing can be decided before the estate has been judged once. */
export const notYet = (): Fault =>
  new Fault('authorization/policy-unavailable', 'There is no policy yet', {
    hint: 'ask again: there is one as soon as the estate has been judged once',
  });

function identitiesOf(
  records: readonly ServiceRecord[],
  { config, trustDomain, registrar }: AuthorizationParts,
): Map<string, string[]> {
  const { meshTrustDomains } = config;
  if (registrar === undefined) return identitiesByName(records, [trustDomain, ...meshTrustDomains]);
  return addRegistered(identitiesByName(records, meshTrustDomains), registrar.index.entries());
}
