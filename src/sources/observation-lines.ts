import type { Observation, Subject } from '../estate/index.ts';

/** Observations as people read them, a line each, in the given order: for golden files. */
export function observationLines(observations: readonly Observation[]): string {
  return observations.map(toLine).join('\n');
}

function toLine(observation: Observation): string {
  const { kind, source, ...rest } = observation;
  const { subject, from, to, ...said } = rest as Record<string, unknown>;
  const who = [subject, from, to]
    .filter((one) => one !== undefined)
    .map((one) => toName(one as Subject));
  const what = JSON.stringify(said, (key, value) => (key === 'source' ? undefined : value));
  return `${source.file}:${source.line}:${source.column} ${kind} ${who.join(' -> ')} ${what}`;
}

function toName(subject: Subject): string {
  switch (subject.by) {
    case 'name':
      return `${subject.namespace ?? '?'}/${subject.name}`;
    case 'address': {
      const port = subject.port === undefined ? '' : `:${subject.port}`;
      return `${subject.known ? '' : 'outside '}${subject.host}${port} seen from ${subject.namespace ?? '?'}`;
    }
    case 'place':
      return subject.file;
    case 'identity':
      return subject.identity;
    case 'interface':
      return subject.interface;
  }
}
