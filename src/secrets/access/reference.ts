import type { DeclaredSecret } from '../../estate/index.ts';

/** The id of a service as another one names it: in the namespace and environment of who names it, where it does not say
 *  another. Undefined: it names none.
 *  @param from an id, `production/shop/orders` */
export function serviceIdOf(reference: string, from: string): string | undefined {
  const [environment, namespace] = from.split('/');
  const parts = reference.split('/');
  if (environment === undefined || namespace === undefined || parts.includes('')) return undefined;
  if (parts.length === 1) return `${environment}/${namespace}/${reference}`;
  if (parts.length === 2) return `${environment}/${reference}`;
  return parts.length === 3 ? reference : undefined;
}

/** The ids of the secrets that a service declares. One that names no service is left out. */
export function secretIdsOf(
  service: string,
  declared: readonly DeclaredSecret[],
): ReadonlySet<string> {
  return new Set(
    declared.flatMap((one) => {
      const owner = one.service === undefined ? service : serviceIdOf(one.service, service);
      return owner === undefined ? [] : [`${owner}/${one.name}`];
    }),
  );
}

/** The environment of a service. */
export const environmentOf = (service: string): string => service.split('/', 1)[0] ?? '';
