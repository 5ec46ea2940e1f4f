import type { Protocol } from '../../estate/words.ts';
import type { Question } from '../model/index.ts';

const PARAMETER = /\{[^/{}]*\}/g;
/** Stands for any value of a parameter: no literal of a path is likely to be this. */
const ANY_VALUE = '0-any-value';

/** A path that falls under a template: what a parameter takes may be anything, so anything is taken. */
export function samplePath(template: string): string {
  return template.replace(PARAMETER, ANY_VALUE);
}

/** An operation as a request for it travels. */
export function sampleRequest({
  protocol,
  method,
  template,
}: {
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
}): Pick<Question, 'protocol' | 'method' | 'path'> {
  if (protocol === 'grpc') return { protocol: 'http', method: 'POST', path: template };
  if (protocol === 'http') return { protocol, method, path: samplePath(template) };
  return { protocol, method, path: template };
}
