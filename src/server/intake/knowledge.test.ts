import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../estate/index.ts';
import { anEndpoint } from '../../estate/store/testing/estate.ts';
import { TemplateKnowledge } from './knowledge.ts';

const DECLARED = { file: 'openapi.yaml', line: 4 };
const IMPLEMENTED = { file: 'web.ts', line: 9 };
const NOTHING = { declaredIn: [], implementedIn: [], decisions: [] };
const ADOPTED: Endpoint['decisions'] = [
  { action: 'adopt', by: 'ada', at: '2026-05-20T12:00:00.000Z', reason: '' },
];

describe('what is known of a service’s templates', () => {
  it.each<[title: string, overrides: Partial<Endpoint>, from: string | undefined]>([
    ['a specification', { ...NOTHING, declaredIn: [DECLARED] }, 'specification'],
    ['a person', { ...NOTHING, decisions: ADOPTED }, 'person'],
    [
      'a person before code',
      { ...NOTHING, implementedIn: [IMPLEMENTED], decisions: ADOPTED },
      'person',
    ],
    [
      'a specification, where the adopted endpoint went there',
      { ...NOTHING, declaredIn: [DECLARED], decisions: ADOPTED },
      'specification',
    ],
    ['code', { ...NOTHING, implementedIn: [IMPLEMENTED] }, 'code'],
    ['nobody, where it is only seen', NOTHING, undefined],
    ['nobody of gRPC', { ...NOTHING, protocol: 'grpc', declaredIn: [DECLARED] }, undefined],
  ])('comes from %s', (_, overrides, from) => {
    const endpoint = anEndpoint('orders', '/orders/{id}', overrides);
    const knowledge = new TemplateKnowledge();
    knowledge.setEndpoints([endpoint]);
    const priors = knowledge.news('party', endpoint.service)?.priors;
    expect(priors?.map((prior) => prior.from)).toEqual(from && [from]);
  });
});
