import { listAt, pick, textAt } from '../../base/pick.ts';
import type { EndpointObservation } from '../../estate/index.ts';
import type { Definition } from './project.ts';

const OWN_URL =
  /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::[^\s/"']{1,40})?(\/[^\s"'?#;|)]*)?/;

/** The endpoint that a health check of a container asks of itself. */
export function healthChecksOf(definition: Definition): readonly EndpointObservation[] {
  const test = pick(definition.value, 'healthcheck', 'test');
  const text =
    textAt(test) ??
    listAt(test)
      .map((word) => textAt(word) ?? '')
      .join(' ');
  const found = OWN_URL.exec(text.slice(0, 4_096));
  if (!found) return [];
  return [
    {
      kind: 'endpoint',
      subject: { by: 'name', name: definition.service },
      protocol: 'http',
      method: 'GET',
      template: found[1] ?? '/',
      operational: true,
      source: definition.sourceAt(['healthcheck', 'test']),
    },
  ];
}
