import type { OpaBundle } from '../../authorization/enforcement/opa/index.ts';
import type { Decision, Policy, Question } from '../../authorization/model/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type { DocumentStore, Fact, ServiceRecord } from '../../estate/index.ts';
import type { Registrar } from '../../identity/registration/index.ts';
import { readGuardrailsApart } from '../jobs.ts';
import { type BundleKey, openBundleKey } from './bundle-key.ts';
import { Bundles } from './bundles.ts';
import { BundlesApart } from './bundles-apart.ts';
import type { AuthorizationConfig } from './config.ts';
import { EarlyChanges } from './early.ts';
import { addRegistered, identitiesByName } from './identities.ts';
import { type KnownEstate, PolicyKeeper } from './keeper.ts';
import { KeptSources } from './kept-sources.ts';
import type { BundleTerms } from './make-bundle.ts';
import { RecentDecisions } from './recent-decisions.ts';

/** What authorisation is made with. */
export interface AuthorizationParts {
  readonly config: AuthorizationConfig;
  readonly store: DocumentStore;
  readonly dataFolder: string;
  readonly trustDomain: string;
  /** The names of the folders that are read. */
  readonly folders: readonly string[];
  /** Undefined where no identities are given out: then services have those that their names say. */
  readonly registrar: Pick<Registrar, 'index' | 'onChange'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Told how long it took to put a policy in force. */
  readonly onMade?: (seconds: number) => void;
}

/** Who may call whom. */
export interface Authorization {
  readonly sources: KeptSources;
  readonly policies: PolicyKeeper;
  readonly bundles: Bundles;
  readonly bundleKey: BundleKey;
  readonly recent: RecentDecisions;
  /** A judgement begins, and reads the store after this. */
  judging(): void;
  /** That judgement has ended with this; `apply` puts it in force. */
  judged(known: KnownEstate): void;
  /** Puts in force what is known by now. */
  apply(): Promise<void>;
  /** What a folder says is in the store: what it declares is in force before it is judged. */
  folderRead(folder: string, facts: readonly Fact[]): void;
  /** These endpoints, by id, are blocked in the store: they are so before that is judged. */
  blocked(endpoints: readonly string[]): void;
  /** By the policy in force; the decision is counted, and kept as the configuration says.
   *  @param by who asks: `opa`
   *  @throws {Fault} `authorization/policy-unavailable` */
  decide(question: Question, by: string): Decision;
  close(): Promise<void>;
}

/** Puts the parts of authorisation together.
 *  @throws {Fault} `data/key-malformed` */
export function openAuthorization(parts: AuthorizationParts): Authorization {
  const { config, store, dataFolder, registrar, clock, log } = parts;
  const sources = new KeptSources(store, clock);
  const early = new EarlyChanges(parts.folders);
  let judged: KnownEstate | undefined;
  const closing = new AbortController();
  const bundleKey = openBundleKey(dataFolder);
  const policies = new PolicyKeeper({
    sources,
    identitiesOf: (records) => identitiesOf(records, parts),
    defaultMode: config.defaultMode,
    readGuardrails: (files) =>
      readGuardrailsApart({ kind: 'guardrails', files }, { signal: closing.signal }),
    clock,
    log,
    ...(parts.onMade && { onMade: parts.onMade }),
  });
  const apart = new BundlesApart();
  const bundles = new Bundles({
    policies,
    make: (policy) => bundleOf(policy, bundleKey, apart),
    log,
  });
  const recent = new RecentDecisions({ config: config.decisions, clock, log });
  const unlisten = registrar?.onChange(() => void policies.refresh());
  const apply = async (): Promise<void> => {
    if (judged) await policies.apply(early.amend(judged));
  };
  return {
    sources,
    policies,
    bundles,
    bundleKey,
    recent,
    judging: () => early.begin(),
    judged: (known) => {
      early.end();
      judged = known;
    },
    apply,
    folderRead: (folder, facts) => {
      early.read(folder, facts);
      void apply();
    },
    blocked: (endpoints) => {
      early.block(endpoints);
      void apply();
    },
    decide: (question, by) => {
      const { current } = policies;
      if (current === undefined) throw notYet();
      const decision = current.engine.decide(question);
      recent.decisions.record(question, decision, by);
      return decision;
    },
    close: async () => {
      unlisten?.();
      bundles.close();
      apart.close();
      closing.abort();
      recent.close();
      await policies.settled();
    },
  };
}

/** Endpoints and grants up to these are made a bundle of in place, which takes less than starting a process. */
const MAX_IN_PLACE = 2_000;

async function bundleOf(
  policy: Policy,
  terms: BundleTerms,
  apart: BundlesApart,
): Promise<OpaBundle> {
  if (policy.endpoints.length + policy.grants.length > MAX_IN_PLACE) {
    return apart.make(policy, terms);
  }
  // what only OPAs need is loaded for the first of them
  const { BundleMaker } = await import('./make-bundle.ts');
  return new BundleMaker().make(policy, terms);
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
