import { entryOf, listAt, textAt } from '../../base/pick.ts';
import type { Principal, Principals } from '../mesh/principals.ts';
import { isAnyPrincipal, matchesPrincipal, matchesText } from './pattern.ts';

/** Who one rule of an AuthorizationPolicy means, as conditions that all must hold. */
interface Condition {
  readonly values: readonly string[];
  readonly isExcluding: boolean;
  readonly means: (value: string, principal: Principal) => boolean;
  /** How the condition reads in a permission when it stands alone. */
  readonly toFrom: (value: string, principals: Principals) => readonly string[];
}

type Reading = Pick<Condition, 'means' | 'toFrom'>;

/** A principal without a pattern in it. */
const EXACT_PRINCIPAL = /^[^*]*\/ns\/([^/*]+)\/sa\/([^/*]+)$/;

/** A principal as services, or as its own text where nobody has it. */
function orText(services: readonly string[], text: string): readonly string[] {
  return services.length > 0 ? services : [text];
}

/** Fields of `from.source` that only a caller with a certificate of the mesh can match. */
const IDENTITY_FIELDS: Record<string, (namespace: string) => Reading> = {
  principals: () => ({
    means: (value, { namespace, serviceAccount }) =>
      matchesPrincipal(value, namespace, serviceAccount),
    toFrom: (value, known) => {
      if (isAnyPrincipal(value)) return ['*authenticated'];
      const [, namespace, account] = EXACT_PRINCIPAL.exec(value) ?? [];
      if (namespace && account) return orText(known.servicesOf(namespace, account), value);
      const services = known.servicesWhere((principal) =>
        matchesPrincipal(value, principal.namespace, principal.serviceAccount),
      );
      return orText(services, value);
    },
  }),
  namespaces: () => ({
    means: (value, { namespace }) => matchesText(value, namespace),
    toFrom: (value, known) => {
      if (value === '*') return ['*authenticated'];
      if (!value.includes('*')) return [`${value}/*`];
      const namespaces = new Set(known.all.map(({ namespace }) => namespace));
      const meant = [...namespaces].filter((namespace) => matchesText(value, namespace)).sort();
      return meant.length > 0 ? meant.map((namespace) => `${namespace}/*`) : [`${value}/*`];
    },
  }),
  serviceAccounts: (policyNamespace) => {
    const means = (value: string, { namespace, serviceAccount }: Principal) =>
      (value.includes('/') ? value : `${policyNamespace}/${value}`) ===
      `${namespace}/${serviceAccount}`;
    return {
      means,
      toFrom: (value, known) =>
        orText(
          known.servicesWhere((principal) => means(value, principal)),
          value,
        ),
    };
  },
  // Which trust domain a caller has is not known from manifests: all have the mesh's own.
  trustDomains: () => ({ means: () => true, toFrom: () => ['*authenticated'] }),
};

/** Keys of `when` that say the same as a field of `from.source`. */
const FIELD_OF_KEY: Record<string, string> = {
  'source.principal': 'principals',
  'source.namespace': 'namespaces',
  'source.serviceAccount': 'serviceAccounts',
  'request.auth.principal': 'requestPrincipals',
  'source.ip': 'ipBlocks',
  'remote.ip': 'remoteIpBlocks',
};

/** Fields of a source (`principals`, `notNamespaces` …) with their values. */
export interface CallerFields {
  readonly [field: string]: readonly string[];
}

/** The demands on a caller by each source of a rule, all of which must hold: the source's own fields,
 *  and each term of `when` that speaks of the caller. Without `from`, one source without fields. */
export function sourcesOf(rule: unknown): (readonly CallerFields[])[] {
  const terms = listAt(rule, 'when').flatMap((term) => {
    const field = entryOf(FIELD_OF_KEY, textAt(term, 'key') ?? '');
    if (field === undefined) return [];
    return [{ [field]: textsIn(term, 'values'), [negated(field)]: textsIn(term, 'notValues') }];
  });
  const sources = listAt(rule, 'from').map((item) => [fieldsOfSource(item), ...terms]);
  return sources.length > 0 ? sources : [terms];
}

/** A rule asks for something else of the request (a header, a claim) that no permission can say. */
export function hasOtherConditions(rule: unknown): boolean {
  return listAt(rule, 'when').some(
    (term) => !Object.hasOwn(FIELD_OF_KEY, textAt(term, 'key') ?? ''),
  );
}

const POSITIVE_FIELDS = [...new Set(Object.values(FIELD_OF_KEY)), 'trustDomains'];

function negated(field: string): string {
  return `not${field[0]?.toUpperCase()}${field.slice(1)}`;
}

function fieldsOfSource(item: unknown): CallerFields {
  return Object.fromEntries(
    POSITIVE_FIELDS.flatMap((field) => [field, negated(field)]).map((field) => [
      field,
      textsIn(item, 'source', field),
    ]),
  );
}

function textsIn(value: unknown, ...path: string[]): string[] {
  return listAt(value, ...path).flatMap((item) => textAt(item) ?? []);
}

/** Who meets all demands, as the `from` of a permission. Exclusions alone let in everyone else,
 *  strangers too; where they keep somebody out (`deny`), only callers that are surely meant count. */
export function callersOf(
  demands: readonly CallerFields[],
  effect: 'allow' | 'deny',
  policyNamespace: string,
  known: Principals,
): readonly string[] {
  const conditions = demands.flatMap((fields) => conditionsOf(fields, policyNamespace));
  if (effect === 'deny' && isUnsaid(demands, conditions.length > 0)) return [];
  const excluding = conditions.filter(({ isExcluding }) => isExcluding);
  const wanted = conditions
    .filter(({ isExcluding }) => !isExcluding)
    .map((condition) => condition.values.flatMap((value) => condition.toFrom(value, known)));
  // A demand that everyone in the mesh meets adds nothing to a narrower one.
  const narrow = wanted.filter((from) => !from.includes('*authenticated'));
  const [only = wanted[0]] = narrow;
  if (only && narrow.length <= 1 && excluding.length === 0) return only;
  if (only || (excluding.length > 0 && effect === 'deny')) {
    const services = known.servicesWhere((principal) =>
      conditions.every((one) => holds(one, principal)),
    );
    return services.length > 0 || !only || effect === 'deny' ? services : only;
  }
  return strangersOf(demands);
}

/** Tokens and addresses beside an identity, or their absence, are in no permission: a caller that
 *  might get through is not denied. */
function isUnsaid(demands: readonly CallerFields[], hasIdentity: boolean): boolean {
  const isSet = (field: string) => valuesOf(demands, field).length > 0;
  return (
    TOKEN_AND_ADDRESS_FIELDS.some((field) => isSet(negated(field))) ||
    (hasIdentity && TOKEN_AND_ADDRESS_FIELDS.some(isSet))
  );
}

const TOKEN_AND_ADDRESS_FIELDS = ['requestPrincipals', 'ipBlocks', 'remoteIpBlocks'];

/** A rule that denies whoever brings no validated token, and nobody else. */
export function meansTokenless(rule: unknown): boolean {
  return sourcesOf(rule).some((demands) => {
    const said = demands
      .flatMap((fields) => Object.entries(fields))
      .filter(([, values]) => values.length > 0);
    return (
      said.length > 0 &&
      said.every(([field, values]) => field === 'notRequestPrincipals' && values.includes('*'))
    );
  });
}

function conditionsOf(fields: CallerFields, policyNamespace: string): Condition[] {
  return Object.entries(IDENTITY_FIELDS).flatMap(([field, reading]) =>
    [false, true].flatMap((isExcluding) => {
      const values = fields[isExcluding ? negated(field) : field] ?? [];
      return values.length > 0 ? [{ values, isExcluding, ...reading(policyNamespace) }] : [];
    }),
  );
}

function holds({ values, isExcluding, means }: Condition, principal: Principal): boolean {
  return values.some((value) => means(value, principal)) !== isExcluding;
}

const EVERYWHERE = new Set(['0.0.0.0/0', '::/0']);

/** Without an identity of the mesh, a token or an address may still be asked for. */
function strangersOf(demands: readonly CallerFields[]): readonly string[] {
  if (valuesOf(demands, 'requestPrincipals').length > 0) return ['*token'];
  const blocks = [...valuesOf(demands, 'ipBlocks'), ...valuesOf(demands, 'remoteIpBlocks')];
  return blocks.length === 0 || blocks.some((block) => EVERYWHERE.has(block)) ? ['*'] : blocks;
}

function valuesOf(demands: readonly CallerFields[], field: string): string[] {
  return demands.flatMap((fields) => fields[field] ?? []);
}
