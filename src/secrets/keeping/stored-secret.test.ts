import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { PLAN } from '../rotation/testing/world.ts';
import { newSecret } from './new-secret.ts';
import { parseStored, toChanges } from './stored-secret.ts';

const given = { name: 'db', service: 'a/b/c', kind: 'postgres', value: { value: 'x' } };
const secret = newSecret(given, { actor: 'ada', reason: '' }, 0, () => ({
  envelope: 'sealed',
  fingerprints: [],
}));
const [change] = toChanges(secret, { version: 0, before: undefined });
const document = (body: unknown, id = secret.id) => ({ kind: 'secret', id, version: 3, body });

it('is read as it was written', () => {
  expect(parseStored(document(change?.body))).toEqual({ secret, version: 3 });
});

it('is read as one that brings its value nowhere, where its plan is from before that could be said', () => {
  const { deliver: _, ...before } = PLAN;
  const body = { format: 1, secret: { ...secret, plan: before } };
  expect(parseStored(document(body)).secret.plan).toEqual(PLAN);
});

it.each([
  ['nothing', undefined],
  ['another format', { format: 2, secret }],
  ['a member too many', { format: 1, secret: { ...secret, more: 1 } }],
  ['a time that is none', { format: 1, secret: { ...secret, nextRotation: 'soon' } }],
  ['a version without a number', { format: 1, secret: { ...secret, versions: [{}] } }],
  ['another secret', { format: 1, secret: { ...secret, id: 'a/b/c/other' } }],
])('is not read from %s', (_, body) => {
  expect(() => parseStored(document(body))).toThrow(
    expect.objectContaining({ code: 'secrets/secret-damaged' }),
  );
});

it('is read from nothing else, and what stands there is not told', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string(), (odd, text) => {
      for (const body of [
        odd,
        { format: 1, secret: odd },
        { format: 1, secret: { ...secret, run: odd } },
      ]) {
        try {
          parseStored(document(body, `${secret.id}`));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
        }
      }
      const wrong = { format: 1, secret: { ...secret, labels: `envelope-${text}` } };
      expect(() => parseStored(document(wrong))).toThrow(/it is wrong at `secret.labels`$/);
    }),
  );
});
