import { toDiagnostic } from '../../base/diagnostic.ts';
import type { EndpointObservation } from '../../estate/index.ts';
import type { ReadContext } from '../reader.ts';
import { type RouterModel, resolveRoutes } from './routes.ts';
import { parameterNames } from './template.ts';

/** Names of fields kept for one endpoint. */
const MAX_FIELDS = 200;

/** Paths that only the platform calls, as the frameworks and Kubernetes habits name them. */
const OPERATIONAL =
  /^(?:\/actuator\/.*|.*\/(?:health[yz]?|_?health-?check|livez?|liveness|alive|readyz?|readiness|startup|metrics|prometheus|ping|_healthz|_status)(?:\/(?:live|ready|liveness|readiness))?)$/i;

/** Does work on one file, or on all, where what breaks must not cost the rest. */
export function guarded(
  context: ReadContext,
  file: string | undefined,
  code: string,
  work: () => void,
): void {
  try {
    work();
  } catch (thrown) {
    const { file: _, ...diagnostic } = toDiagnostic(thrown, '', code);
    context.report({ ...diagnostic, ...(file !== undefined && { file }) });
  }
}

/** Resolves a model and observes each endpoint in it as implemented. */
export function observeRoutes(context: ReadContext, model: RouterModel): void {
  for (const route of resolveRoutes(model)) {
    const { reader, protocol, method, template, file, line, column, servedBy } = route;
    const { security, deprecated } = route;
    const fields = [...new Set([...parameterNames(template), ...route.fields])];
    const observation: EndpointObservation = {
      kind: 'endpoint',
      subject: { by: 'place', file: servedBy },
      protocol,
      method,
      template,
      source: { reader, how: 'implemented', file, line, column },
      ...(fields.length > 0 && { fields: fields.slice(0, MAX_FIELDS) }),
      ...(security !== undefined && { security }),
      ...(deprecated && { deprecated }),
      ...(isOperational(protocol, method, template) && { operational: true }),
    };
    context.observe(observation);
  }
}

/** A probe or metrics endpoint by its path. */
export function isOperational(protocol: string, method: string, template: string): boolean {
  return protocol === 'http' && /^(?:GET|HEAD|ANY)$/.test(method) && OPERATIONAL.test(template);
}
