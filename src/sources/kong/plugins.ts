import type { DataPath } from '../../base/data.ts';
import { listAt, pick, textAt } from '../../base/pick.ts';

/** Plugins that let no request through without a credential of its caller. */
const AUTHENTICATION = new Set([
  'basic-auth',
  'header-cert-auth',
  'hmac-auth',
  'jwt',
  'jwt-signer',
  'key-auth',
  'key-auth-enc',
  'ldap-auth',
  'ldap-auth-advanced',
  'mtls-auth',
  'oauth2',
  'oauth2-introspection',
  'openid-connect',
  'saml',
  'vault-auth',
]);

/** One plugin as it is configured somewhere. */
export interface Plugin {
  readonly name: string;
  readonly enabled: boolean;
  /** Names or ids; undefined where it is for all. */
  readonly service: string | undefined;
  readonly route: string | undefined;
  /** Requests without a credential pass as an anonymous consumer. */
  readonly isOptional: boolean;
}

/** The plugins in a list. Those for one consumer say nothing about who may come in. */
export function pluginsIn(
  value: unknown,
  path: DataPath,
  within: { readonly service?: string; readonly route?: string } = {},
): Plugin[] {
  return listAt(value, ...path).flatMap((item) => {
    const name = textAt(item, 'name');
    if (name === undefined) return [];
    if (pick(item, 'consumer') !== undefined || pick(item, 'consumer_group') !== undefined)
      return [];
    return [
      {
        name,
        enabled: pick(item, 'enabled') !== false,
        service: within.service ?? referenceIn(item, 'service'),
        route: within.route ?? referenceIn(item, 'route'),
        isOptional: Boolean(textAt(item, 'config', 'anonymous')),
      },
    ];
  });
}

/** A reference by name or id, alone or in a mapping. */
export function referenceIn(value: unknown, field: string): string | undefined {
  return (
    textAt(value, field) ?? textAt(value, field, 'name') ?? textAt(value, field, 'id') ?? undefined
  );
}

/** What a route demands of its callers: of each plugin the narrowest configuration counts (route and
 *  service, route, service, everywhere).
 *  @see https://developer.konghq.com/gateway/entities/plugin/ */
export function authenticationOf(
  plugins: readonly Plugin[],
  route: readonly string[],
  service: readonly string[],
): string[] {
  const counting = new Map<string, { plugin: Plugin; rank: number }>();
  for (const plugin of plugins) {
    if (!AUTHENTICATION.has(plugin.name)) continue;
    if (plugin.route !== undefined && !route.includes(plugin.route)) continue;
    if (plugin.service !== undefined && !service.includes(plugin.service)) continue;
    const rank = (plugin.route === undefined ? 0 : 2) + (plugin.service === undefined ? 0 : 1);
    const known = counting.get(plugin.name);
    if (!known || rank > known.rank) counting.set(plugin.name, { plugin, rank });
  }
  return [...counting.values()]
    .filter(({ plugin }) => plugin.enabled && !plugin.isOptional)
    .map(({ plugin }) => plugin.name)
    .sort();
}

/** Whether a plugin of this name authenticates. */
export function isAuthentication(name: string): boolean {
  return AUTHENTICATION.has(name);
}
