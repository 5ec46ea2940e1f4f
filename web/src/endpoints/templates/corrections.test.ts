import { describe, expect, it } from 'vitest';
import { TemplateCorrection } from '../../../../src/estate/decision.ts';
import {
  CORRECTIONS,
  correctionWords,
  firstCorrection,
  parametersOf,
  toLines,
} from './corrections.ts';

const TEMPLATE = '/users/{user}/orders/{id}';

describe('corrections of a template', () => {
  it.each(CORRECTIONS.map((correction) => [correction.name, correction] as const))(
    'say %s as the server takes it',
    (name, correction) => {
      const said = correction.toCorrection({ ...firstCorrection(TEMPLATE), values: 'me\nall' });
      expect(TemplateCorrection.parse(said)).toEqual(said);
      expect(said.correction).toBe(name);
      expect(correctionWords(said)).toContain(TEMPLATE);
    },
  );

  it('offer to split and rename only what has parameters', () => {
    const offered = (template: string) =>
      CORRECTIONS.filter(({ isOffered }) => isOffered(template)).map(({ name }) => name);
    expect(offered('/users')).toEqual(['merge']);
    expect(offered(TEMPLATE)).toEqual(['merge', 'split', 'rename']);
  });

  it('know the parameters, inside segments too', () => {
    expect(parametersOf('/a/{x}.json/{y}:cancel')).toEqual(['x', 'y']);
    expect(parametersOf('/plain')).toEqual([]);
  });

  it('take values by lines or commas, each once', () => {
    expect(toLines(' me\n\nall, me ')).toEqual(['me', 'all']);
  });
});
