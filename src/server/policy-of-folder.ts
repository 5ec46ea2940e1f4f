import { judge } from '../assurance/index.ts';
import { policyOf } from '../authorization/build/index.ts';
import type { Policy } from '../authorization/model/index.ts';
import { toTimestamp } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { type JudgedEstate, type Records, toRecords } from '../estate/index.ts';
import type { Cluster } from '../sources/index.ts';
import { type IdentityNames, identitiesByName } from './authorization/identities.ts';
import { type ScanOptions, scanFolder } from './scan.ts';

export interface PolicyOptions extends Omit<ScanOptions, 'clusterReaders'>, IdentityNames {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** All that a folder says of who may call whom. */
export interface FolderPolicy {
  readonly policy: Policy;
  readonly records: Records;
  readonly judged: JudgedEstate;
  /** Its Kubernetes objects. */
  readonly cluster: Cluster | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly fileCount: number;
}

/** Reads a folder, and makes the policy of what it declares.
 *  @throws {Fault} as `scanFolder` */
export function readPolicy(folder: string, options: PolicyOptions): FolderPolicy {
  let cluster: Cluster | undefined;
  const capture = {
    name: 'objects',
    read: (objects: Cluster) => {
      cluster = objects;
    },
  };
  const scan = scanFolder(folder, { ...options, clusterReaders: [capture] });
  const records = toRecords(scan.facts);
  const judged = judge(records, toTimestamp(options.now));
  const policy = policyOf({
    estate: judged,
    records: records.services,
    identities: identitiesByName(records.services, options),
    groups: new Map(),
    guardrails: [],
    defaultMode: 'enforce',
  });
  const { diagnostics, fileCount } = scan;
  return { policy, records, judged, cluster, diagnostics, fileCount };
}
