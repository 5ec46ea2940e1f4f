import type { TemplateCorrection } from '../../../../src/estate/decision.ts';

/** Ways to correct a template: one row each, from which buttons and forms are made. */

export type CorrectionName = TemplateCorrection['correction'];

/** The values of the form, as typed. */
export interface CorrectionDraft {
  readonly template: string;
  readonly parameter: string;
  /** Values, a line each. */
  readonly values: string;
  readonly to: string;
}

export interface Correction {
  readonly name: CorrectionName;
  readonly label: string;
  readonly explanation: string;
  readonly fields: readonly (keyof CorrectionDraft)[];
  readonly isOffered: (template: string) => boolean;
  readonly toCorrection: (draft: CorrectionDraft) => TemplateCorrection;
}

export const CORRECTIONS: readonly Correction[] = [
  {
    name: 'merge',
    label: 'Merge',
    explanation:
      'Paths of this shape become one endpoint. Write what varies as a parameter: /orders/{id}.',
    fields: ['template'],
    isOffered: () => true,
    toCorrection: ({ template }) => ({ correction: 'merge', template: template.trim() }),
  },
  {
    name: 'split',
    label: 'Split',
    explanation:
      'These values of the parameter become endpoints of their own; all others stay together.',
    fields: ['parameter', 'values'],
    isOffered: (template) => parametersOf(template).length > 0,
    toCorrection: ({ template, parameter, values }) => ({
      correction: 'split',
      template,
      parameter,
      values: toLines(values),
    }),
  },
  {
    name: 'rename',
    label: 'Rename',
    explanation: 'The same paths, with better names for the parameters.',
    fields: ['to'],
    isOffered: (template) => parametersOf(template).length > 0,
    toCorrection: ({ template, to }) => ({ correction: 'rename', template, to: to.trim() }),
  },
];

/** Names of the parameters of a template, in their order. */
export function parametersOf(template: string): string[] {
  return [...template.matchAll(/\{([^{}/]+)\}/g)].map(([, name = '']) => name);
}

/** Lines that say something, each once. */
export function toLines(text: string): string[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

export function firstCorrection(template: string): CorrectionDraft {
  return { template, parameter: parametersOf(template)[0] ?? '', values: '', to: template };
}

/** A correction in few words. */
export function correctionWords(said: TemplateCorrection): string {
  switch (said.correction) {
    case 'merge':
      return `merged to ${said.template}`;
    case 'split':
      return `${said.values.join(', ')} split from {${said.parameter}} of ${said.template}`;
    case 'rename':
      return `${said.template} renamed to ${said.to}`;
  }
}
