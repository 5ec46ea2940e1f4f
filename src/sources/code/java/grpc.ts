import type { JavaFramework } from './reading.ts';
import { annotationOf, lastName } from './types.ts';

/** Classes that implement the base class which the protobuf compiler generates for a service, and
 *  Quarkus's `@GrpcService` classes. @see grpc-java, "Generated-code reference" */
export const grpc: JavaFramework = (file, reading) => {
  for (const type of file.types) {
    const base = /(\w+?)(?:Coroutine)?ImplBase$/.exec(lastName(type.superclass ?? ''))?.[1];
    const isQuarkus = annotationOf(type.annotations, 'GrpcService') !== undefined;
    const names = base !== undefined ? [base] : isQuarkus ? type.interfaces.map(lastName) : [];
    for (const name of names) {
      reading.observe({
        kind: 'implementation',
        subject: { by: 'place', file: file.path },
        interface: name,
        source: { reader: 'grpc', how: 'implemented', ...type.place },
      });
    }
  }
};
