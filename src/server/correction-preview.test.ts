import { describe, expect, it } from 'vitest';
import type { TemplateCorrection } from '../estate/index.ts';
import { type PreviewedEndpoint, previewOf } from './correction-preview.ts';

const MERGE: TemplateCorrection = { correction: 'merge', template: '/orders/{id}' };
const SPLIT: TemplateCorrection = {
  correction: 'split',
  template: '/orders/{id}',
  parameter: 'id',
  values: ['me'],
};
const RENAME: TemplateCorrection = {
  correction: 'rename',
  template: '/orders/{id}',
  to: '/orders/{orderId}',
};

/** `GET /orders/me 3` */
function endpoint(text: string): PreviewedEndpoint {
  const [method = '', template = '', requests] = text.split(' ');
  return { method, template, requests: Number(requests ?? 1) };
}

function preview(said: TemplateCorrection, before: string[], after: string[]) {
  const { examples, note } = previewOf(said, before.map(endpoint), after.map(endpoint));
  return {
    examples: examples.map((one) => `${one.method} ${one.before} > ${one.after}`),
    note,
  };
}

describe('examples of what a correction moves', () => {
  it.each<[string, TemplateCorrection, string[], string[], string[]]>([
    [
      'are of a merge where three of the most requests go',
      MERGE,
      ['GET /orders/a 1', 'GET /orders/b 9', 'GET /orders/c 5', 'GET /orders/d 7', 'GET /x 99'],
      ['GET /orders/{id} 22', 'GET /x 99'],
      [
        'GET /orders/b > /orders/{id}',
        'GET /orders/d > /orders/{id}',
        'GET /orders/c > /orders/{id}',
      ],
    ],
    [
      'are of a split where values come from, which stays',
      SPLIT,
      ['GET /orders/{id} 9', 'PUT /orders/{id} 9'],
      ['GET /orders/me 3', 'GET /orders/{id} 6', 'PUT /orders/{id} 9'],
      ['GET /orders/{id} > /orders/me'],
    ],
    [
      'name what is renamed once',
      RENAME,
      ['GET /orders/{id}'],
      ['GET /orders/{orderId}'],
      ['GET /orders/{id} > /orders/{orderId}'],
    ],
    [
      'are of the same method, depth and literals only',
      MERGE,
      ['GET /orders/a', 'GET /orders/b.json'],
      ['PUT /orders/{id}', 'GET /orders/{id}/x', 'GET /orders/{id}.xml', 'GET /other/{id}'],
      [],
    ],
  ])('%s', (_, said, before, after, want) => {
    expect(preview(said, before, after)).toEqual({ examples: want, note: null });
  });
});

describe('a correction that changes nothing says why', () => {
  it.each<[TemplateCorrection, string[], RegExp]>([
    [MERGE, ['GET /users/{id}'], /^Nothing that was seen so far falls under `\/orders\/\{id\}`;/],
    [MERGE, ['GET /orders/{orderId}'], /one endpoint already/],
    [SPLIT, ['GET /orders/{id}'], /^None of these values is counted by itself/],
    [SPLIT, [], /^Nothing that was seen/],
    [RENAME, ['GET /orders/{orderId}'], /called `\/orders\/\{orderId\}` already/],
    [RENAME, ['GET /orders/me'], /^No template that was seen so far has the shape/],
  ])('%j of %j', (said, seen, want) => {
    const { examples, note } = preview(said, seen, seen);
    expect(examples).toEqual([]);
    expect(note).toMatch(want);
  });
});
