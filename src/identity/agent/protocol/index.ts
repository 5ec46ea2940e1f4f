/** What agents and the server say to each other: `reeve.agent.v1.Agent`, read and written by hand. */
export { invalid, type Message, readMessage, writeMessage } from './codec.ts';
export { writeDenial } from './denials.ts';
export { AGENT_FILE, AGENT_SERVICE, pathOf } from './description.ts';
export { writeEntry } from './entries.ts';
export {
  PolicyAssembly,
  type PolicyDocument,
  policyInOnePage,
  policyPages,
} from './policy-pages.ts';
export {
  type Changes,
  readUpdate,
  TOLD_KINDS,
  type Told,
  type ToldKind,
  type Update,
  type WrittenChanges,
  writeBundleItem,
  writeCrlItem,
  writeUpdate,
} from './updates.ts';
