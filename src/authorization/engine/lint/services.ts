import type { Diagnostic } from '../../../base/diagnostic.ts';
import { quote } from '../../../base/fault.ts';
import type { Grant, PolicyService } from '../../model/index.ts';
import { aboutGrant, type LintContext } from './context.ts';
import { lookOf, mixedScripts, spellOut } from './names.ts';

/** Callers and callees that exist nowhere. */
export function unknownServices({ policy, services, suggest }: LintContext): Diagnostic[] {
  const unknown = (grant: Grant, id: string, role: string): Diagnostic[] => {
    if (services.has(id)) return [];
    const near = suggest(id, services.keys());
    return [
      aboutGrant(grant, {
        severity: 'error',
        code: 'authorization/service-unknown',
        message: `${quote(id)}, ${role} ${quote(grant.operation)}, is no known service`,
        ...(near !== undefined && { hint: `did you mean ${quote(near)}?` }),
      }),
    ];
  };
  return policy.grants.flatMap((grant) => [
    ...unknown(grant, grant.from, 'which declares'),
    ...unknown(grant, grant.to, 'which is declared to offer'),
  ]);
}

/** Callees of which nothing is known but that somebody declares to call them. They may be described elsewhere, or be
 *  written wrongly. */
export function bareCallees(context: LintContext): Diagnostic[] {
  const { policy, services, suggest } = context;
  const described = [...services.values()].filter((service) => !isBare(service, context));
  const names = new Set(described.map(({ name }) => name));
  const told = new Set<string>();
  return policy.grants.flatMap((grant) => {
    const callee = services.get(grant.to);
    if (!callee || told.has(callee.id) || !isBare(callee, context)) return [];
    told.add(callee.id);
    const near = suggest(callee.name, names);
    return [
      aboutGrant(grant, {
        severity: near === undefined ? 'note' : 'warning',
        code: 'authorization/callee-unknown',
        message: `nothing is known of ${quote(callee.id)} but that it is to be called`,
        ...(near !== undefined && { hint: `did you mean ${quote(near)}?` }),
      }),
    ];
  });
}

function isBare(
  { id, kind, identities }: PolicyService,
  { grantsFrom, endpointsOf }: LintContext,
): boolean {
  return (
    kind === 'workload' && identities.length === 0 && !grantsFrom.has(id) && !endpointsOf.has(id)
  );
}

/** Callers that declare calls and that nobody can prove to be. */
export function unprovableCallers({ services, grantsFrom }: LintContext): Diagnostic[] {
  return [...grantsFrom].flatMap(([from, [first]]) => {
    const caller = services.get(from);
    if (!caller || !first || caller.identities.length > 0) return [];
    return [
      aboutGrant(first.grant, {
        severity: 'warning',
        code: 'authorization/caller-unprovable',
        message: `no identity is known of ${quote(from)}, so none of the calls that it declares is ever allowed`,
        hint: 'register its workload, or let the reader of its platform find its account',
      }),
    ];
  });
}

/** Identities that several services share, so that each may do what any of them declares. */
export function sharedIdentities({ policy, grantsFrom }: LintContext): Diagnostic[] {
  const sharing = Map.groupBy(
    policy.services.flatMap((service) =>
      [...new Set(service.identities)].map((identity) => ({ identity, service })),
    ),
    ({ identity }) => identity,
  );
  return [...sharing].flatMap(([identity, all]) => {
    const ids = all.map(({ service }) => service.id).sort();
    const [first] = ids.flatMap((id) => grantsFrom.get(id) ?? []);
    if (ids.length < 2 || !first) return [];
    const others = ids.filter((id) => id !== first.grant.from);
    return [
      aboutGrant(first.grant, {
        severity: 'warning',
        code: 'authorization/identity-shared',
        message: `what ${quote(first.grant.from)} declares is allowed to ${listed(others)}, too: ${quote(identity, 200)} is the identity of each`,
        hint: 'give each service an account of its own',
      }),
    ];
  });
}

const MAX_LISTED = 5;

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, MAX_LISTED).map((id) => quote(id));
  if (ids.length > MAX_LISTED) shown.push(`${ids.length - MAX_LISTED} others`);
  return shown.length < 2
    ? shown.join('')
    : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

/** Services whose names a reader takes for one another, or that mix scripts. */
export function confusableServices({ policy, grants }: LintContext): Diagnostic[] {
  const alike = Map.groupBy(policy.services, ({ environment, namespace, name }) =>
    lookOf(`${environment}/${namespace}/${name}`),
  );
  const mentions = new Map(
    grants.toReversed().flatMap(({ grant }) => [[grant.from, grant] as const, [grant.to, grant]]),
  );
  const diagnose = ({ id }: PolicyService, message: string): Diagnostic => {
    const mention = mentions.get(id);
    const what = { severity: 'warning', code: 'authorization/name-confusable', message } as const;
    return mention ? aboutGrant(mention, what) : what;
  };
  return [...alike.values()].flatMap((services) => {
    const [plainest, ...others] = services.toSorted((a, b) => oddness(a.id) - oddness(b.id));
    const mixing = services.filter(({ id }) => mixedScripts(id).length > 0);
    return [
      ...others.map((one) =>
        diagnose(one, `${spelt(one)} looks like ${spelt(plainest ?? one)}, and is another service`),
      ),
      ...mixing
        .filter((one) => !others.includes(one))
        .map((one) =>
          diagnose(one, `${spelt(one)} mixes letters of ${mixedScripts(one.id).join(' and ')}`),
        ),
    ];
  });
}

const spelt = ({ id }: PolicyService): string => quote(spellOut(id), 120);

/** How far a name is from what people type: the plainest of several is taken for the one that is meant. */
const oddness = (id: string): number =>
  Array.from(id).filter((letter) => letter > '\u007e').length * 1_000 +
  Array.from(id).filter((letter) => letter !== letter.toLowerCase()).length;
