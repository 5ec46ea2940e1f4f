/** What is known of callees, and which of it grants cover. */
export {
  type Callee,
  calleesOf,
  type KnownEndpoint,
  type KnownOperation,
  type ReadGrant,
} from './callees.ts';
export { coversPath, coversUnknown, sharesMethod } from './covers.ts';
