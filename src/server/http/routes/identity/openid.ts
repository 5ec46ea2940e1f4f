import { Fault } from '../../../../base/fault.ts';
import { DISCOVERY_PATH, JWKS_PATH } from '../../../../identity/authority/index.ts';
import { type Operation, operation } from '../../operation.ts';
import { PUBLIC } from './common.ts';
import type { IdentityRoutesPorts } from './ports.ts';

/** What verifiers of JWT-SVIDs ask for that speak OpenID Connect, as clouds do.
 *  @see OpenID Connect Discovery 1.0 §4 */
export function openIdOperations({ keeper }: IdentityRoutesPorts): Operation[] {
  const discovered = () => keeper.discovery() ?? noIssuer();
  return [
    operation({
      ...PUBLIC,
      id: 'get-openid-configuration',
      method: 'GET',
      path: DISCOVERY_PATH,
      summary: 'What the issuer of JWT-SVIDs says of itself (OpenID Connect Discovery)',
      status: 200,
      handle: ({ reply }) => {
        reply.header('cache-control', 'no-cache');
        return discovered();
      },
    }),
    operation({
      ...PUBLIC,
      id: 'get-openid-keys',
      method: 'GET',
      path: JWKS_PATH,
      summary: 'The keys that verify JWT-SVIDs (RFC 7517)',
      status: 200,
      handle: ({ reply }) => {
        discovered();
        reply.header('content-type', 'application/json; charset=utf-8');
        reply.header('cache-control', 'no-cache');
        return keeper.jwks();
      },
    }),
  ];
}

function noIssuer(): never {
  throw new Fault('identity/issuer-not-found', 'No OpenID Connect issuer is configured here', {
    hint: 'set `identity.authority.jwt.issuer` to the address under which this server is reached',
  });
}
