import type { Subject } from '../../../estate/index.ts';
import { type Attributes, attribute } from './span.ts';

export type NamedSubject = Extract<Subject, { by: 'name' }>;

const NAME = /^[^\s\p{Cc}/]{1,200}$/u;

/** The service that sent a resource's spans, in its own words; undefined where it gives no name, or
 *  only the one that SDKs make up. */
export function subjectOf(resource: Attributes): NamedSubject | undefined {
  const name = attribute(resource, 'serviceName');
  if (name === undefined || name.startsWith('unknown_service') || !NAME.test(name)) {
    return undefined;
  }
  const namespace = attribute(resource, 'namespace');
  const environment = attribute(resource, 'environment');
  return {
    by: 'name',
    name,
    ...(namespace !== undefined && NAME.test(namespace) && { namespace }),
    ...(environment !== undefined && NAME.test(environment) && { environment }),
  };
}

/** Equal for equal subjects. */
export function subjectKey(subject: NamedSubject): string {
  return `${subject.environment ?? ''}/${subject.namespace ?? ''}/${subject.name}`;
}
