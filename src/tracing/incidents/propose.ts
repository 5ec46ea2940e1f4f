import { stableId } from '../../base/ids.ts';
import { edgeSubject } from './edge.ts';
import { actorsOf, isSigned, type Known } from './known.ts';
import type { ActionKind, Incident } from './model.ts';
import { hopsOf, isOfEstate } from './reached.ts';

/** Something that can be done about an incident at once. */
export interface ProposedAction {
  /** The same for the same kind and target. */
  readonly id: string;
  readonly kind: ActionKind;
  readonly target: string;
  /** Sentences: what it does, and what that breaks. */
  readonly what: string;
  readonly breaks: string;
  /** It keeps nobody from anything that he is known to need. */
  readonly isHarmless: boolean;
  /** What its steps are about. */
  readonly subjects: readonly string[];
}

/** What of it is kept where somebody asks for it. */
export type AskedAction = Omit<ProposedAction, 'isHarmless'>;

/** Signs of who calls, whatever he calls: no reason to take that away from others. */
const OF_CALLERS = new Set(['scan', 'new-place', 'dormant-alive', 'unknown-workload']);

type Proposal = Omit<ProposedAction, 'id' | 'kind'>;
type Proposer = (incident: Incident, known: Known) => readonly Proposal[];

/** Of each kind. */
const MOST = 10;
const MOST_SUBJECTS = 200;

/** In the order in which they help most: who acts, on what way, where it arrives, what it took along. */
const PROPOSERS: Readonly<Record<ActionKind, Proposer>> = {
  'revoke-identity': (incident, { identities }) =>
    actorsOf(incident).flatMap((service) => {
      const subjects = identities.get(service) ?? [];
      return {
        ...{ target: service, subjects, isHarmless: false },
        what: `Revoke the identity of ${service}: everything that it was issued is refused, and it is issued nothing.`,
        breaks: `${service} can call nobody who asks for an identity until a person lifts that.`,
      };
    }),

  'block-edge': ({ alerts }, { declared }) => {
    const signed = hopsOf(alerts).filter(
      (hop) => isSigned(hop) && isOfEstate(hop.from) && isOfEstate(hop.to),
    );
    const edges = new Map(signed.map(({ from, to }) => [edgeSubject({ from, to }), { from, to }]));
    return [...edges].map(([subject, { from, to }]) => ({
      ...{ target: subject, subjects: [subject], isHarmless: !declared.has(subject) },
      what: `Forbid every call of ${from} to ${to}, by a guardrail that is in force at once.`,
      breaks: declared.has(subject)
        ? `${from} declares calls of ${to}: what needs them fails.`
        : `Nothing that is declared: ${from} declares no call of ${to}.`,
    }));
  },

  'block-endpoint': ({ reached, alerts }, { callers }) => {
    const signed = new Set(
      hopsOf(alerts)
        .filter(({ signs }) => signs.some((kind) => !OF_CALLERS.has(kind)))
        .map(({ to, operation }) => `${to} ${operation}`),
    );
    const undeclared = new Set(
      hopsOf(alerts)
        .filter(({ policy }) => policy === 'undeclared' || policy === 'forbidden')
        .map(({ from, to, operation }) => `${from} ${to} ${operation}`),
    );
    return reached.endpoints.flatMap(({ id, service, operation, status }) => {
      const isSuspect = status !== 'governed' && status !== 'unknown';
      if (id === null || !(isSuspect || signed.has(`${service} ${operation}`))) return [];
      // who calls it without a declaration does so in the incident
      const needed = (callers.get(id) ?? []).filter(
        (from) => !undeclared.has(`${from} ${service} ${operation}`),
      );
      return {
        ...{ target: id, subjects: [id], isHarmless: needed.length === 0 },
        what: `Block \`${operation}\` of ${service}: nobody may call it any more.`,
        breaks: breaksOf(needed),
      };
    });
  },

  'rotate-credentials': ({ reached }, { credentials }) =>
    reached.services.map((service) => {
      const kept = credentials.filter((one) => one.service === service && one.secret !== null);
      const names = kept.map(({ name }) => `\`${name}\``);
      return {
        ...{ target: service, subjects: kept.flatMap(({ secret }) => secret ?? []) },
        isHarmless: false,
        what: `Rotate what ${service} reads, and revoke what it had: ${listed(names)}.`,
        breaks:
          'Who reads its credentials from Reeve goes on with the next ones; who keeps copies is refused.',
      };
    }),

  'end-leases': ({ reached }, { leases }) =>
    reached.services.map((service) => {
      const own = leases.filter((one) => one.service === service);
      return {
        ...{ target: service, subjects: own.map(({ id }) => id), isHarmless: false },
        what: `End what ${service} was lent (${own.length === 1 ? 'one lease' : `${own.length} leases`}): its users are taken away at the targets.`,
        breaks: `Connections of ${service} with these users end; it can ask for new leases, unless its identity is revoked, too.`,
      };
    }),
};

function breaksOf(callers: readonly string[]): string {
  if (callers.length === 0) return 'Nobody else is known to need it.';
  return `It is called or declared by ${listed(callers)}: what needs it fails.`;
}

/** `a, b, c and 4 more` */
function listed(names: readonly string[], most = 5): string {
  const unique = [...new Set(names)];
  const more = unique.length - most;
  return more > 0 ? `${unique.slice(0, most).join(', ')} and ${more} more` : unique.join(', ');
}

/** What can be done about an incident at once, what helps most first. Pure.
 *  @param kinds those that can be done here */
export function proposeActions(
  incident: Incident,
  known: Known,
  kinds: ReadonlySet<ActionKind>,
): readonly ProposedAction[] {
  const proposers = Object.entries(PROPOSERS) as [ActionKind, Proposer][];
  return proposers.flatMap(([kind, propose]) => {
    if (!kinds.has(kind)) return [];
    const open = propose(incident, known).filter(({ subjects }) => subjects.length > 0);
    return open.slice(0, MOST).map((proposal) => ({
      ...proposal,
      subjects: [...new Set(proposal.subjects)].slice(0, MOST_SUBJECTS),
      ...{ id: stableId('action', kind, proposal.target), kind },
    }));
  });
}
