/** The one error class of this package, `Fault` by its name: a stable code (`part/what-is-wrong`, with a
 *  third part where reasons are told apart), a sentence, and a hint that says what to do. It never holds
 *  a key or a token. */
export {
  Fault as ReeveError,
  type FaultDetails as ErrorDetails,
  messageOf,
  quote,
} from '../../src/base/fault.ts';
