import { type JudgedParts, judgeParts } from '../assurance/index.ts';
import type { Policy } from '../authorization/model/index.ts';
import { toTimestamp } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import {
  type PolicyCase,
  type PolicySources,
  type Records,
  toRecords,
  type Waiver,
} from '../estate/index.ts';
import { type Cluster, policyTests, waivers } from '../sources/index.ts';
import { identitiesByName } from './authorization/identities.ts';
import { makePolicy } from './authorization/make-policy.ts';
import { type ScanOptions, scanFolder } from './scan.ts';

export interface PolicyOptions extends Omit<ScanOptions, 'clusterReaders' | 'readers'> {
  /** Of the services' identities, the first that of their own authority. */
  readonly trustDomains: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** All that a folder says of who may call whom. */
export interface FolderPolicy {
  readonly policy: Policy;
  readonly records: Records;
  readonly judged: JudgedParts;
  /** Its Kubernetes objects. */
  readonly cluster: Cluster | undefined;
  /** Guardrails and groups, as they are written. */
  readonly sources: PolicySources;
  /** The cases of its tests of policy. */
  readonly cases: readonly PolicyCase[];
  /** What it accepts of the findings of a check. */
  readonly waivers: readonly Waiver[];
  readonly diagnostics: readonly Diagnostic[];
  readonly fileCount: number;
}

/** Reads a folder, and makes the policy of what it declares.
 *  @throws {Fault} as `scanFolder` */
export function readPolicy(folder: string, options: PolicyOptions): FolderPolicy {
  let cluster: Cluster | undefined;
  let cases: readonly PolicyCase[] = [];
  const keepsObjects = {
    name: 'objects',
    read: (objects: Cluster) => {
      cluster = objects;
    },
  };
  const keepsCases = policyTests((found) => {
    cases = found;
  });
  let accepted: readonly Waiver[] = [];
  const keepsWaivers = waivers((found) => {
    accepted = found;
  });
  const scan = scanFolder(folder, {
    ...options,
    readers: [keepsCases, keepsWaivers],
    clusterReaders: [keepsObjects],
  });
  const records = toRecords(scan.facts);
  const judged = judgeParts(records, toTimestamp(options.now));
  const { policy, diagnostics } = makePolicy(scan.policy, {
    estate: judged,
    records: records.services,
    identities: identitiesByName(records.services, options.trustDomains),
    defaultMode: 'enforce',
  });
  return {
    ...{ policy, records, judged, cluster, cases, waivers: accepted, sources: scan.policy },
    diagnostics: [...scan.diagnostics, ...diagnostics],
    fileCount: scan.fileCount,
  };
}
