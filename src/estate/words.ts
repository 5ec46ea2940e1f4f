/** A smaller door: what decisions about calls are made with, and nothing that checks or stores anything. Services, which
 *  decide by the server's code, have none of its libraries. */
export { type Operation, toOperation } from './operation.ts';
export { PROTOCOLS } from './protocols.ts';
export {
  CRITICALITIES,
  type Criticality,
  endpointId,
  HOW,
  type Protocol,
  type Source,
} from './vocabulary.ts';
