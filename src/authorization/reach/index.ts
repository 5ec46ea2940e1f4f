/** Who can reach what, as the network and the meshes are configured. */

export { analyse } from './analyse.ts';
export { diffReach, type ReachState } from './diff/index.ts';
export type {
  AddressSplits,
  Exposure,
  Reach,
  ReachChange,
  ReachDelta,
  ReachExplanation,
  ReachFilter,
  ReachOptions,
  ReachPeer,
  ReachReason,
  ReachRow,
  ServicePermissions,
} from './model.ts';
export { EXTERNAL, INGRESS_CONTROLLER } from './model.ts';
