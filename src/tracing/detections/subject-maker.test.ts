import { expect, it } from 'vitest';
import { type Operation, toOperation } from '../../estate/index.ts';
import { Usual } from '../baseline/index.ts';
import { Hop } from '../hop.ts';
import { TracingNames } from '../names.ts';
import { estateOf } from '../testing/estate.ts';
import { SubjectMaker } from './subject-maker.ts';

it.each<Operation>([
  { protocol: 'http', method: 'POST', template: '/charges/{id}' },
  { protocol: 'grpc', method: 'RPC', template: '/cards.v1.Cards/Charge' },
  { protocol: 'graphql', method: 'QUERY', template: 'order' },
  { protocol: 'event', method: 'PUBLISH', template: 'orders.created' },
])('an operation is named as declarations write it, and can be read back: $protocol', (asked) => {
  const names = new TracingNames({
    ...{ maxServices: 10, maxEndpoints: 10, maxPrincipals: 10, maxAddresses: 10, maxVersions: 10 },
  });
  const callee = names.services.number('orders');
  const endpoint = names.endpoint(callee, asked.protocol, asked.method, asked.template);
  const maker = new SubjectMaker(names, estateOf({ orders: {} }), 10);
  const subject = maker.make(Object.assign(new Hop(), { callee, endpoint }), new Usual());
  expect(toOperation(subject.operation)).toEqual(asked);
});
