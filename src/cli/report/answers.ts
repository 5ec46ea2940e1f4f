import { QUESTIONS } from '../../assurance/index.ts';
import type { Answers, Endpoint, Finding, JudgedEstate } from '../../estate/index.ts';
import { SEVERITIES, type Severity } from '../../estate/index.ts';
import { counted } from '../terminal.ts';

export interface AnswerLine {
  readonly question: string;
  readonly satisfied: number;
  readonly total: number;
  readonly isYes: boolean;
  /** What fails it, in a few words; empty where nothing does. */
  readonly failing: string;
}

/** The three answers with what fails each. */
export function answerLines(estate: JudgedEstate): AnswerLine[] {
  const { answers } = estate;
  const line = (key: keyof Answers, failing: string): AnswerLine => {
    const { total, satisfied } = answers[key];
    return { question: QUESTIONS[key].text, satisfied, total, isYes: satisfied === total, failing };
  };
  return [
    line('endpointsInventoried', failingEndpoints(estate.endpoints)),
    line('callsAuthenticated', failingCalls(estate)),
    line('credentialsGoverned', failingCredentials(estate)),
  ];
}

function failingEndpoints(endpoints: readonly Endpoint[]): string {
  const count = (status: Endpoint['status']) =>
    endpoints.filter((one) => one.status === status).length;
  const shadows = joined([[count('shadow'), (n) => `${counted(n, 'endpoint')} declared nowhere`]]);
  // What is wrong with endpoints that are inventoried fails controls of its own.
  const others = joined([
    [count('zombie'), (n) => `${n} deprecated and still called`],
    [count('unowned'), (n) => `${n} without an owner`],
    [count('dormant'), (n) => `${n} declared but not found`],
  ]);
  return [shadows, others && `of the declared, ${others}`].filter(Boolean).join('; ');
}

function failingCalls(estate: JudgedEstate): string {
  const calls = QUESTIONS.callsAuthenticated.asked(estate);
  const count = (authentication: string) =>
    calls.filter((call) => call.authentication === authentication).length;
  return joined([
    [count('none'), (n) => `${counted(n, 'call')} without any proof of the caller`],
    [count('unknown'), (n) => `${n} that nothing is known of`],
  ]);
}

function failingCredentials({ credentials }: JudgedEstate): string {
  return joined([
    [
      credentials.filter(({ owner }) => owner === null).length,
      (n) => `${counted(n, 'credential')} without an owner`,
    ],
    [
      credentials.filter(({ rotation }) => rotation === null).length,
      (n) => `${n} without a rotation path`,
    ],
  ]);
}

function joined(
  parts: readonly (readonly [count: number, say: (count: number) => string])[],
): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, say]) => say(count))
    .join(', ');
}

/** Findings by control, the worst control first. */
export function byControl(
  findings: readonly Finding[],
): { control: string; severity: Severity; findings: Finding[] }[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.control}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ control: first.control, severity: first.severity, findings: group }] : [];
  });
}

/** `3 critical, 12 high`. */
export function severityCounts(findings: readonly Finding[]): string {
  return SEVERITIES.map((severity) => ({
    severity,
    count: findings.filter((finding) => finding.severity === severity).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`)
    .join(', ');
}
