import { entryOf, pick } from '../../../base/pick.ts';
import type { Proof, Question } from '../../model/index.ts';

/** What asks in OPA's words: the SDK's input (`caller`, `method`, `path`, `service`, and a `protocol` where it is not
 *  HTTP), or that of Envoy's plugin (`attributes`). What is not there, or is no text, is left empty, which no policy
 *  allows; so is a caller without a proof that is known.
 *  @param names ids of services by what enforcement points call them
 *  @see https://www.openpolicyagent.org/docs/envoy/primer#example-input */
export function questionOf(input: unknown, names: ReadonlyMap<string, string>): Question {
  return pick(input, 'attributes') === undefined
    ? questionOfSdk(input, names)
    : questionOfEnvoy(input, names);
}

function questionOfSdk(input: unknown, names: ReadonlyMap<string, string>): Question {
  const proof = entryOf(PROOFS, stringAt(input, 'caller', 'proof'));
  const protocol = entryOf(PROTOCOLS, stringAt(input, 'protocol') || 'http');
  return {
    ...callerOf(stringAt(input, 'caller', 'spiffe_id'), proof),
    service: idOf(stringAt(input, 'service'), names),
    protocol: protocol ?? 'http',
    method: protocol ? stringAt(input, 'method') : '',
    path: stringAt(input, 'path'),
  };
}

/** Envoy has verified the certificates of both ends. */
function questionOfEnvoy(input: unknown, names: ReadonlyMap<string, string>): Question {
  return {
    ...callerOf(stringAt(input, 'attributes', 'source', 'principal'), 'mtls'),
    service: idOf(stringAt(input, 'attributes', 'destination', 'principal'), names),
    protocol: 'http',
    method: stringAt(input, 'attributes', 'request', 'http', 'method'),
    path: stringAt(input, 'attributes', 'request', 'http', 'path'),
  };
}

/** The SDK's words for how a caller has proved who it is, and ours. */
const PROOFS: Readonly<Record<string, Proof>> = { mtls: 'mtls', jwt: 'token', token: 'token' };

const PROTOCOLS: Readonly<Record<string, Question['protocol']>> = {
  http: 'http',
  grpc: 'http',
  graphql: 'graphql',
  event: 'event',
};

const callerOf = (id: string, proof: Proof | undefined): Pick<Question, 'caller' | 'proof'> =>
  id !== '' && proof ? { caller: id, proof } : { caller: undefined, proof: undefined };

const idOf = (name: string, names: ReadonlyMap<string, string>): string => names.get(name) ?? name;

function stringAt(value: unknown, ...path: readonly string[]): string {
  const found = pick(value, ...path);
  return typeof found === 'string' ? found : '';
}
