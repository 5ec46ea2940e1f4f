import {
  type Change,
  findingId,
  type Place,
  RULES,
  type Violation,
} from '../../../authorization/check/index.ts';
import type { Diagnostic } from '../../../base/diagnostic.ts';
import { SEVERITIES, type Severity, type Waiver } from '../../../estate/index.ts';
import type { Revision } from '../base.ts';

/** What a check found, for every format to render. Paths are those of the repository, or of the folder where there is
 *  none. */
export interface CheckReport {
  readonly schema: 'reeve.check/v1';
  readonly verdict: 'passed' | 'rejected';
  /** Violations of this severity, and worse ones, reject a change. */
  readonly failOn: Severity;
  readonly base: Revision;
  readonly head: Revision;
  /** The two states are one commit. */
  readonly identical: boolean;
  readonly violations: readonly ReportedViolation[];
  /** Without those that only say what is new: the changes say it. */
  readonly changes: readonly ReportedChange[];
  /** Of rules that the head breaks, and that the base broke already. */
  readonly unchanged: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReportedViolation extends Omit<Violation, 'place' | 'waiver'> {
  /** See `findingId`; by which a waiver accepts it. */
  readonly id: string;
  readonly location: Place | null;
  readonly remedy: string;
  readonly fails: boolean;
  readonly waiver: Waiver | null;
}

export interface ReportedChange
  extends Pick<Change, 'change' | 'layer' | 'from' | 'to' | 'gained' | 'lost'> {
  readonly location: Place | null;
}

export interface ReportParts {
  readonly violations: readonly Violation[];
  readonly changes: readonly Change[];
  readonly unchanged: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly failOn: Severity;
  readonly base: Revision;
  readonly head: Revision;
  readonly identical: boolean;
  /** What paths begin with in the repository. */
  readonly prefix: string;
}

const REMEDIES = new Map(RULES.map(({ id, remedy }) => [id, remedy]));

export function toReport(parts: ReportParts): CheckReport {
  const { failOn, base, head, identical, unchanged, prefix } = parts;
  const located = (place: Place | undefined): Place | null =>
    place ? { ...place, file: prefix + place.file } : null;
  const violations = parts.violations.map(
    ({ place, waiver, ...violation }): ReportedViolation => ({
      id: findingId(violation),
      ...violation,
      location: located(place),
      remedy: REMEDIES.get(violation.rule) ?? '',
      fails: waiver === undefined && isAtLeast(violation.severity, failOn),
      waiver: waiver
        ? { ...waiver, location: { ...waiver.location, file: prefix + waiver.location.file } }
        : null,
    }),
  );
  return {
    schema: 'reeve.check/v1',
    verdict: violations.some(({ fails }) => fails) ? 'rejected' : 'passed',
    failOn,
    base,
    head,
    identical,
    violations,
    changes: parts.changes.map(({ change, layer, from, to, gained, lost, place }) => ({
      change,
      layer,
      from,
      to,
      gained,
      lost,
      location: located(place),
    })),
    unchanged,
    diagnostics: parts.diagnostics.map((one) =>
      one.file === undefined ? one : { ...one, file: prefix + one.file },
    ),
  };
}

function isAtLeast(severity: Severity, bound: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(bound);
}

/** Violations that say that something is wrong, rather than only that it is new. */
export function wrongs(report: CheckReport): ReportedViolation[] {
  return report.violations.filter(({ severity }) => severity !== 'info');
}

/** `accepted by team-a until 2027-01-31: why`: without its place. */
export function waiverText({ owner, until, reason }: Waiver): string {
  return `accepted by ${owner} until ${until}: ${reason}`;
}

/** `main (since 1a2b3c4d5e)`. */
export function revisionText(revision: Revision): string {
  if (revision.kind === 'folder') return revision.path;
  const { name, commit, isMergeBase } = revision;
  const short = commit.slice(0, 10);
  if (isMergeBase) return `${name}, where they parted at ${short}`;
  return name.startsWith(short) ? short : `${name} (${short})`;
}

/** `reviews newly reaches payments`: who gains or loses something, without what. */
export function sentenceOf({ from, to, layer }: ReportedChange, isGain: boolean): string {
  const isMany = /^\S+(?:, \S+)* and |^\S+, \S+$/.test(from);
  const [one, many] = VERBS[layer][isGain ? 'gain' : 'loss'];
  const who = `${from} ${isMany ? many : one}`;
  return layer === 'credential' ? who : `${who} ${to}`;
}

type Verbs = readonly [one: string, many: string];
const REACHES = {
  gain: ['newly reaches', 'newly reach'],
  loss: ['no longer reaches', 'no longer reach'],
} as const;
const VERBS: Readonly<Record<Change['layer'], { readonly gain: Verbs; readonly loss: Verbs }>> = {
  network: REACHES,
  declared: REACHES,
  outside: REACHES,
  mtls: {
    gain: ['may newly connect without proof to', 'may newly connect without proof to'],
    loss: ['must newly prove itself to', 'must newly prove themselves to'],
  },
  requests: {
    gain: ['may newly ask', 'may newly ask'],
    loss: ['may no longer ask', 'may no longer ask'],
  },
  credential: {
    gain: ['newly holds', 'newly hold'],
    loss: ['no longer holds', 'no longer hold'],
  },
};
