import { addressesInCode } from './addresses-in-code/index.ts';
import { asyncapi } from './asyncapi/index.ts';
import { CLUSTER_READERS } from './cluster-readers/index.ts';
import { dotnet } from './code/dotnet/index.ts';
import { go, java, javascript, python } from './code/index.ts';
import { components } from './components/index.ts';
import { compose } from './compose/index.ts';
import {
  DECLARATION_FILE,
  declarations,
  policySources,
  policyTests,
  toTestedCall,
  waivers,
} from './declarations/index.ts';
import { graphql } from './graphql/index.ts';
import { grpcClients } from './grpc-clients/index.ts';
import { kong } from './kong/index.ts';
import { type ClusterReader, kubernetes } from './kubernetes/index.ts';
import { openapi } from './openapi/index.ts';
import { ownership } from './ownership/index.ts';
import { protobuf } from './protobuf/index.ts';
import type { Reader } from './reader.ts';

export { type Attributed, type AttributionOptions, attribute } from './attribution/index.ts';
export type { Cluster, ClusterReader } from './kubernetes/index.ts';
export { type FolderReading, type ReadOptions, readFolder } from './read.ts';
export type { Reader } from './reader.ts';
export { SharedFiles } from './shared-files.ts';
export { DECLARATION_FILE, policySources, policyTests, toTestedCall, waivers };

/** Every reader of files.
 *  @param more what else is to be read of the Kubernetes objects */
export const readersOf = (...more: readonly ClusterReader[]): readonly Reader[] => [
  openapi,
  protobuf,
  graphql,
  asyncapi,
  kubernetes([...CLUSTER_READERS, ...more]),
  compose,
  kong,
  components,
  ownership,
  declarations,
  javascript,
  java,
  python,
  go,
  dotnet,
  addressesInCode,
  grpcClients,
];

export const READERS: readonly Reader[] = readersOf();
