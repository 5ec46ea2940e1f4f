import { stableId } from '../../base/ids.ts';
import { toOperation } from '../../estate/index.ts';
import type { AlertHop } from '../model.ts';
import { edgeGuardrail, edgeSubject } from './edge.ts';
import type { Known } from './known.ts';
import type { Incident } from './model.ts';
import type { KnownFinding } from './ports.ts';
import { hopsOf, isOfEstate } from './reached.ts';

/** A lasting change after which the same way is closed. People make it, where the file is. */
export interface Fix {
  readonly id: string;
  readonly kind: 'endpoint' | 'call' | 'policy' | 'credential';
  /** The endpoint, edge, service or credential. */
  readonly subject: string;
  /** What to do, and why it was possible: sentences. */
  readonly what: string;
  readonly because: string;
  /** Null: it is not known where. */
  readonly file: string | null;
  readonly line: number | null;
  /** What to write there; null: that is for who knows the code. */
  readonly change: string | null;
  /** Which request of the incident it stops, from 0; null: none by itself. */
  readonly hop: number | null;
}

type Proposal = Omit<Fix, 'id'>;
type Fixer = (incident: Incident, hops: readonly AlertHop[], known: Known) => readonly Proposal[];

const MOST = 30;

/** What each status of an endpoint asks for. */
const ENDPOINTS: Readonly<Record<string, readonly [what: string, because: string]>> = {
  shadow: [
    'Take it out of the code, or declare it in the specification and name who may call it',
    'Nobody has declared it, so nobody has decided who may call it.',
  ],
  zombie: [
    'Move its callers to the successor, and take it out of the code',
    'It is deprecated, and still answers.',
  ],
  unowned: [
    'Name who answers for it, or take it out of the code',
    'Nobody answers for it, so nobody looks after it.',
  ],
  unknown: [
    'Find out what answers there; declare it, or take it out of the code',
    'The inventory does not have it.',
  ],
};

/** Findings about services that let somebody in who should not be, or let them go on. */
const POLICY_CONTROLS = new Set([
  'authorization/broad-policy',
  'authorization/no-default-deny',
  'identity/mtls-permissive',
  'identity/mtls-disabled',
  'identity/call-unauthenticated',
  'identity/default-account',
  'identity/shared-account',
  'secrets/rbac-reads-secrets',
  'secrets/rbac-escalation',
  'inventory/unauthenticated-sensitive',
]);

const FIXERS: readonly Fixer[] = [
  function fixEndpoints({ reached }, hops, { findings }) {
    return reached.endpoints.flatMap(({ id, service, operation, status }) => {
      const [what, because] = ENDPOINTS[status] ?? [];
      if (what === undefined || because === undefined) return [];
      const subject = id ?? `${service} ${operation}`;
      const finding = findings.find((one) => one.subject === id);
      const hop = hops.findIndex((one) => one.to === service && one.operation === operation);
      return {
        ...{ kind: 'endpoint', subject, what: `${what}: \`${operation}\` of ${service}.` },
        ...{ because: finding?.message ?? because, ...placeOf(finding) },
        ...{ change: null, hop: hop < 0 ? null : hop },
      };
    });
  },

  function fixPolicies(_, hops, { findings }) {
    return findings.flatMap((finding) => {
      const { control, subject, message, remedy } = finding;
      const hop = hops.findIndex((one) => isAbout(subject, one));
      if (!POLICY_CONTROLS.has(control) || hop < 0) return [];
      const what = `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}: ${subject}.`;
      const told = { kind: 'policy', subject, what, because: message } as const;
      return { ...told, ...placeOf(finding), change: null, hop };
    });
  },

  function fixModes(_, hops, { permissive }) {
    return permissive.flatMap(({ service, file, line }) => {
      const hop = hops.findIndex(({ to, ...one }) => to === service && wentUndeclared(one));
      if (hop < 0) return [];
      return {
        ...{ kind: 'policy', subject: service, file, line, hop },
        what: `Enforce the policy of ${service}: refuse what nobody declares.`,
        because: `${service} is in the mode \`shadow\`: what policy denies is logged there, and let through.`,
        change: 'spec:\n  authorization: { mode: enforce }\n',
      };
    });
  },

  /** What went through although nobody declares it: a guardrail, wherever the callee lets it in. */
  function fixCalls(_, hops, { declared }) {
    return hops.flatMap((one, hop) => {
      const { from, to, operation } = one;
      if (!wentUndeclared(one) || !isOfEstate(from) || !isOfEstate(to)) return [];
      const subject = edgeSubject(one);
      // where other calls are declared, they go on
      const isPart = declared.has(subject);
      const asked = isPart ? toOperation(operation) : undefined;
      const reason = `${from} was used to reach ${to} from, and declares no such call.`;
      return {
        ...{ kind: 'call', subject, hop, file: null, line: null },
        what: `Have ${to} refuse what nobody declares, and keep ${from} from ${isPart ? `calling \`${operation}\`` : 'calling it'} by a guardrail; if the call is right, declare \`${operation}\` in the reeve.yaml of ${from} instead.`,
        because: `${to} answered \`${operation}\` of ${from}, which does not declare it.`,
        change: isPart && !asked ? null : edgeGuardrail(one, edgeId(one, asked), reason, asked),
      };
    });
  },

  function fixCredentials({ reached }, hops, { credentials, findings }) {
    const own = new Set(reached.credentials.map(({ id }) => id));
    return credentials.flatMap(({ id, name, service, problems, secret, file, line }) => {
      if (!own.has(id) || problems.length === 0) return [];
      const said = findings.filter(({ subject }) => subject === id);
      const hop = hops.findIndex(({ from }) => from === service);
      const how = secret === null ? 'Rotate it where it was issued' : 'Rotate it';
      return {
        ...{ kind: 'credential', subject: id, change: null, hop: hop < 0 ? null : hop },
        what: `${how}, bind it to ${service} alone, and give it a plan: \`${name}\`.`,
        because: said.map(({ message }) => message).join('; ') || `${problems.join(', ')}.`,
        ...{ file: file ?? placeOf(said[0]).file, line: line ?? placeOf(said[0]).line },
      };
    });
  },
];

/** Nobody declares it, and yet it was not refused. */
const wentUndeclared = ({ policy, outcome }: Pick<AlertHop, 'policy' | 'outcome'>): boolean =>
  (policy === 'undeclared' || policy === 'forbidden') && outcome !== 'denied';

const edgeId = ({ from, to }: AlertHop, operation: object | undefined): string =>
  stableId('edge', from, to, ...(operation ? [JSON.stringify(operation)] : []));

/** The ids of endpoints begin with that of a service, and those of calls with both. */
const isAbout = (subject: string, { from, to }: AlertHop): boolean =>
  subject === to ||
  `${subject} `.startsWith(`${edgeSubject({ from, to })} `) ||
  (subject.startsWith(`${to} `) && !subject.startsWith(`${to} -> `));

function placeOf(finding: KnownFinding | undefined): Pick<Fix, 'file' | 'line'> {
  return { file: finding?.location?.file ?? null, line: finding?.location?.line ?? null };
}

/** Changes that close the way of an incident for good, those that stop it earliest first. Pure. */
export function fixesOf(incident: Incident, known: Known): readonly Fix[] {
  const hops = hopsOf(incident.alerts);
  const all = FIXERS.flatMap((fixer) => fixer(incident, hops, known));
  const byId = new Map<string, Fix>();
  for (const fix of all) {
    const id = stableId('fix', fix.kind, fix.subject, fix.what);
    if (!byId.has(id)) byId.set(id, { ...fix, id });
  }
  const place = ({ hop }: Fix): number => hop ?? Number.MAX_SAFE_INTEGER;
  return [...byId.values()].sort((a, b) => place(a) - place(b)).slice(0, MOST);
}
