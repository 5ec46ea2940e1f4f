import { SEVERITIES, type Severity } from '../../estate/index.ts';
import type { Violation } from '../check/index.ts';
import type { AdmissionConfig } from './config/index.ts';

/** What rules say of a change: violations, the worst first. */
export interface Judgement {
  readonly violations: readonly Violation[];
}

/** What an API server is told. */
export interface Verdict {
  readonly allowed: boolean;
  /** Why not; empty where it is allowed. */
  readonly message: string;
  /** For the person who asked; each of at most 120 characters. */
  readonly warnings: readonly string[];
  readonly outcome: 'allowed' | 'warned' | 'denied' | 'unjudged' | 'exempt';
}

type Thresholds = Pick<AdmissionConfig, 'mode' | 'denyFrom' | 'warnFrom' | 'rules'>;

/** API servers cut longer ones. */
const MAX_WARNING = 120;
const MAX_WARNINGS = 10;
const MAX_TOLD = 8;
const MAX_MESSAGE = 2_000;
const MAX_REACHED = 5;

/** What becomes of an object by what rules say of it, and how that is put. */
export function verdictOf({ violations }: Judgement, thresholds: Thresholds): Verdict {
  const { mode, denyFrom, warnFrom, rules } = thresholds;
  const refused =
    mode === 'deny'
      ? violations.filter(({ rule, severity }) => isAtLeast(severity, rules[rule] ?? denyFrom))
      : [];
  const others = violations.filter(
    (one) => !refused.includes(one) && isAtLeast(one.severity, warnFrom),
  );
  const warnings = bounded(
    others.flatMap((one) => lines(`reeve: ${one.severity}: ${toText(one)}`)),
  );
  if (refused.length > 0) {
    return { allowed: false, message: toMessage(refused), warnings, outcome: 'denied' };
  }
  const outcome = warnings.length > 0 ? 'warned' : 'allowed';
  return { allowed: true, message: '', warnings, outcome };
}

/** Why an object was not judged. */
export type Unjudged = 'late' | 'busy' | 'unavailable' | 'failed';

const BECAUSE: Readonly<Record<Unjudged, string>> = {
  late: 'it took too long to judge what this newly allows',
  busy: 'too many other objects wait to be judged',
  unavailable: 'the objects of this cluster are not known now',
  failed: 'what this newly allows could not be judged',
};

/** What becomes of an object that nobody could judge. */
export function unjudged(why: Unjudged, onTimeout: AdmissionConfig['onTimeout']): Verdict {
  const allowed = onTimeout === 'allow';
  const text = `reeve: not judged: ${BECAUSE[why]}`;
  return {
    allowed,
    message: allowed ? '' : `${text}; try again (admission.onTimeout is deny)`,
    warnings: allowed ? lines(text) : [],
    outcome: 'unjudged',
  };
}

/** Allowed, and nothing to say of it. */
export const EXEMPT: Verdict = { allowed: true, message: '', warnings: [], outcome: 'exempt' };

function isAtLeast(severity: Severity, from: Severity | 'never'): boolean {
  return from !== 'never' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(from);
}

/** `[check/any-to-any] … It newly lets …` */
function toText({ rule, message, newlyReaches }: Violation): string {
  const shown = newlyReaches.slice(0, MAX_REACHED);
  const rest = newlyReaches.length - shown.length;
  const reached = `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return `${message}${reached === '' ? '' : ` (newly reached: ${reached})`} [${rule}]`;
}

function toMessage(refused: readonly Violation[]): string {
  const told = refused.slice(0, MAX_TOLD).map(toText);
  const rest = refused.length - told.length;
  const text = `reeve: ${told.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE - 1)}…` : text;
}

/** A sentence as warnings that are not cut: broken between words where it can be. */
function lines(text: string): string[] {
  const plain = text.replace(/\p{C}/gu, '?');
  const made: string[] = [];
  let rest = plain;
  while (rest.length > MAX_WARNING) {
    const space = rest.lastIndexOf(' ', MAX_WARNING);
    const end = space > MAX_WARNING / 2 ? space : MAX_WARNING;
    made.push(rest.slice(0, end));
    rest = `${' '.repeat(2)}${rest.slice(end).trimStart()}`;
  }
  return [...made, rest];
}

function bounded(warnings: readonly string[]): string[] {
  if (warnings.length <= MAX_WARNINGS) return [...warnings];
  const shown = warnings.slice(0, MAX_WARNINGS - 1);
  return [...shown, `reeve: and ${warnings.length - shown.length} more lines`];
}
