import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { DocumentStore, ServiceRecord } from '../../estate/index.ts';
import type { Registrar } from '../../identity/registration/index.ts';
import type { AuthorizationConfig } from './config.ts';
import { addRegistered, identitiesByName } from './identities.ts';
import { PolicyKeeper } from './keeper.ts';
import { KeptSources } from './kept-sources.ts';

/** What authorisation is made with. */
export interface AuthorizationParts {
  readonly config: AuthorizationConfig;
  readonly store: DocumentStore;
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
  close(): Promise<void>;
}

/** Puts the parts of authorisation together. */
export function openAuthorization(parts: AuthorizationParts): Authorization {
  const { config, store, registrar, clock, log } = parts;
  const sources = new KeptSources(store, clock);
  const policies = new PolicyKeeper({
    sources,
    identitiesOf: (records) => identitiesOf(records, parts),
    defaultMode: config.defaultMode,
    clock,
    log,
  });
  const unlisten = registrar?.onChange(() => void policies.refresh());
  return {
    sources,
    policies,
    close: async () => {
      unlisten?.();
      await policies.settled();
    },
  };
}

function identitiesOf(
  records: readonly ServiceRecord[],
  { config, trustDomain, registrar }: AuthorizationParts,
): Map<string, string[]> {
  const { meshTrustDomains } = config;
  if (registrar === undefined) return identitiesByName(records, [trustDomain, ...meshTrustDomains]);
  return addRegistered(identitiesByName(records, meshTrustDomains), registrar.index.entries());
}
