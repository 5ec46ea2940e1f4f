import { shapeOf } from '../api.ts';
import type { Contestant } from '../learners.ts';
import type { Request } from '../traffic.ts';

/** A rule that looks at one segment and at nothing else. */
export type IsParameter = (segment: string, index: number) => boolean;

export const PARAMETER = '{}';

/** A contestant without memory. */
export interface Stateless extends Contestant {
  templateOf(method: string, path: string): string;
}

/** Judges each segment by itself. */
export function bySegment(name: string, isParameter: IsParameter): Stateless {
  const templateOf = (_: string, path: string): string =>
    path
      .split('/')
      .map((segment, index) =>
        segment !== '' && isParameter(segment, index) ? PARAMETER : segment,
      )
      .join('/');
  return { name, templateOf, learn: (requests) => gathered(requests, templateOf) };
}

/** What a function from requests to templates makes of all of them. */
export function gathered(
  requests: readonly Request[],
  templateOf: (method: string, path: string) => string,
): ReturnType<Contestant['learn']> {
  const statuses = new Map<string, { method: string; template: string; statuses: Set<number> }>();
  for (const { method, path, status } of requests) {
    const template = templateOf(method, path);
    const key = `${method} ${shapeOf(template)}`;
    const known = statuses.get(key) ?? { method, template, statuses: new Set<number>() };
    statuses.set(key, known);
    known.statuses.add(status);
  }
  return { templates: [...statuses.values()], match: templateOf };
}

export const NUMBER = /^\d+$/;
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const OBJECT_ID = /^[0-9a-f]{24}$/i;

export function digitsIn(text: string): number {
  return text.replace(/\D/g, '').length;
}
