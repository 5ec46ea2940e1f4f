/** What is kept of other trust domains: their bundles, and the relations that people have set. */
export { FederationStore } from './documents.ts';
export type {
  BundleOrigin,
  FederationChange,
  HeldBundle,
  HeldRelation,
  KeptFederation,
} from './port.ts';
