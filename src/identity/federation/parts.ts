import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { DocumentStore } from '../../estate/index.ts';
import type { BundleFinder, BundleLimits, TrustBundle } from '../spiffe/index.ts';
import { type EndpointAuthentication, fetchDocument } from './client/index.ts';
import type { FederationConfig } from './config.ts';
import { MAX_PEM_BYTES, readFileWithin } from './files.ts';
import type { Given, Relation } from './relation.ts';
import type { WatchPorts } from './watch.ts';

/** What federation is made of. */
export interface FederationParts {
  /** Our own. */
  readonly trustDomain: string;
  readonly config: FederationConfig;
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Calls back after a while, unless what it gives is called before. */
  after(milliseconds: number, callBack: () => void): () => void;
  /** Our own bundle, now: an endpoint may be a workload of ours. */
  readonly ownBundle: () => TrustBundle;
  /** Told of what failed and will be tried again. */
  readonly warn: (message: string, fault: unknown) => void;
}

/** What one relation is watched with. `bundleOf` finds those of other relations. */
export function watchPortsOf(
  parts: FederationParts,
  limits: BundleLimits,
  own: Pick<WatchPorts, 'keep' | 'onChange'> & { readonly bundleOf: BundleFinder },
): WatchPorts {
  const { clock, random, config, warn } = parts;
  const { minRefreshSeconds, maxRefreshSeconds, fetchSeconds } = config;
  const { maxBytes } = limits;
  const bundleOf: BundleFinder = (name) =>
    name === parts.trustDomain ? parts.ownBundle() : own.bundleOf(name);
  return {
    ...{ clock, random, limits, warn },
    after: (milliseconds, callBack) => parts.after(milliseconds, callBack),
    pace: { min: minRefreshSeconds * 1_000, max: maxRefreshSeconds * 1_000 },
    given: async ({ bundle }) => bundle && readGiven(bundle, maxBytes),
    fetch: async (relation, etag, signal) => {
      const authentication = await authenticationOf(relation, bundleOf);
      const url = new URL(relation.url);
      const timeoutMs = fetchSeconds * 1_000;
      return fetchDocument({ url, etag, authentication, signal, maxBytes, timeoutMs }, clock);
    },
    keep: own.keep,
    onChange: own.onChange,
  };
}

async function authenticationOf(
  { endpointId, ca }: Relation,
  bundleOf: BundleFinder,
): Promise<EndpointAuthentication> {
  if (endpointId === undefined) {
    const pem = ca && String(await readGiven(ca, MAX_PEM_BYTES));
    return { profile: 'https_web', ...(pem !== undefined && { ca: pem }) };
  }
  const { trustDomain, uri } = endpointId;
  const bundle = bundleOf(trustDomain);
  if (bundle) return { profile: 'https_spiffe', endpointId, bundle };
  throw new Fault(
    'identity/federation-unavailable',
    `There is no bundle of ${quote(trustDomain)} to verify the endpoint ${quote(uri, 200)} with`,
    { hint: 'federate with that trust domain, or give its bundle' },
  );
}

async function readGiven(given: Given, maxBytes: number): Promise<string | Buffer> {
  return 'text' in given ? given.text : readFileWithin(given.file, maxBytes);
}
