import { asyncapi } from './asyncapi/index.ts';
import { javascript } from './code/javascript/index.ts';
import { python } from './code/python/index.ts';
import { components } from './components/index.ts';
import { compose } from './compose/index.ts';
import { declarations } from './declarations/index.ts';
import { graphql } from './graphql/index.ts';
import { istio } from './istio/index.ts';
import { coreReader, kubernetes } from './kubernetes/index.ts';
import { linkerd } from './linkerd/index.ts';
import { openapi } from './openapi/index.ts';
import { ownership } from './ownership/index.ts';
import { protobuf } from './protobuf/index.ts';
import type { Reader } from './reader.ts';

export { type Attributed, type AttributionOptions, attribute } from './attribution/index.ts';
export { type FolderReading, readFolder } from './read.ts';
export type { Reader } from './reader.ts';

/** Readers of Kubernetes objects, from manifests or a cluster. */
export const CLUSTER_READERS = [coreReader, istio, linkerd];

/** Every reader of files. */
export const READERS: readonly Reader[] = [
  openapi,
  protobuf,
  graphql,
  asyncapi,
  kubernetes(CLUSTER_READERS),
  compose,
  components,
  ownership,
  declarations,
  javascript,
  python,
];
