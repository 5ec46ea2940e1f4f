import type { CallObservation, Subject } from '../../../estate/index.ts';
import { joinTemplates, toTemplates } from '../template.ts';
import { argumentTexts, type JavaFramework, type JavaReading } from './reading.ts';
import { operationsOf, typeMapping } from './spring.ts';
import { type Annotation, annotationOf, type JavaType } from './types.ts';

/** Feign clients: interfaces that look like controllers and are calls to another service.
 *  @see Spring Cloud OpenFeign reference, "Declarative REST Client" */
export const feignClients: JavaFramework = (file, reading) => {
  for (const type of file.types) {
    const client = annotationOf(type.annotations, 'FeignClient');
    const to = client && target(client, type, reading);
    if (client === undefined || to === undefined) continue;
    const call: CallObservation = {
      kind: 'call',
      from: { by: 'place', file: file.path },
      to,
      evidence: 'Feign client',
      source: { reader: 'feign', how: 'implemented', ...client.place },
    };
    const operations = operationNames(client, type, reading);
    if (operations.length === 0) reading.observe(call);
    for (const { operation, annotation } of operations) {
      const source = { ...call.source, ...annotation.place };
      reading.observe({ ...call, operation, source });
    }
  }
};

/** The host of `url`, else the name, which discovery or Kubernetes resolves. */
function target(client: Annotation, type: JavaType, reading: JavaReading): Subject | undefined {
  const [url] = argumentTexts(client, ['url'], type, reading);
  const address = /^(?:https?:\/\/)?([\w.-]+)(?::(\d{1,5}))?(?:\/|$)/.exec(url ?? '');
  if (address?.[1] !== undefined) {
    const port = address[2] === undefined ? {} : { port: Number(address[2]) };
    return { by: 'address', host: address[1], ...port };
  }
  const [name] = argumentTexts(client, ['value', 'name', 'serviceId'], type, reading);
  if (name === undefined || !/^[\w.-]+$/.test(name)) return undefined;
  return { by: 'address', host: name, known: true };
}

function operationNames(client: Annotation, type: JavaType, reading: JavaReading) {
  const [path = ''] = argumentTexts(client, ['path'], type, reading);
  const [base = ''] = toTemplates(path, 'brace');
  const prefixes = typeMapping(type, reading).templates;
  return operationsOf(type, reading).flatMap(({ annotation, methods, templates }) =>
    methods.flatMap((method) =>
      prefixes.flatMap((prefix) =>
        templates.map((template) => ({
          annotation,
          operation: `${method} ${joinTemplates(joinTemplates(base, prefix), template)}`,
        })),
      ),
    ),
  );
}
