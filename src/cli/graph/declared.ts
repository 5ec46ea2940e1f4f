import type { Diagnostic } from '../../base/diagnostic.ts';
import { ToldEstate } from '../../server/tracing/estate-view.ts';
import { EstateResolver } from '../../server/tracing/resolver.ts';
import { viewsOf } from '../../server/tracing/view.ts';
import type { EstateView, Resolver } from '../../tracing/index.ts';
import { readFolderPolicy } from '../policy/folder.ts';

/** What traces are judged by. */
export interface Surroundings {
  readonly estate: EstateView;
  readonly resolver: Resolver;
  /** Is told of all services that were there until the end of the baseline. */
  readonly learnt?: (services: Iterable<string>) => void;
}

/** The estate and the policy that a folder declares; in the process that `supervise` starts.
 *  @throws {Fault} `folder/…` */
export function readDeclared(
  folder: string,
  environment: string,
  trustDomain: string,
): Surroundings & { readonly diagnostics: readonly Diagnostic[] } {
  const { records, judged, policy, diagnostics } = readFolderPolicy(folder, environment, [
    trustDomain,
  ]);
  const estate = new ToldEstate();
  estate.put([...viewsOf({ records: records.services, judged, changes: new Map() })]);
  estate.policyWords.put(policy);
  return { estate, resolver: new EstateResolver(estate, environment), diagnostics };
}
