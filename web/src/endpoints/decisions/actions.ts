import type { EndpointAction } from '../../../../src/estate/decision.ts';
import type { Endpoint } from '../../../../src/estate/model.ts';

/** What a person can decide about endpoints: one row an action, from which buttons and forms are made. */

export type ActionName = EndpointAction['action'];

/** The values of a form, as typed. */
export interface Draft {
  readonly reason: string;
  readonly owner: string;
  readonly until: string;
  /** Tags with commas between. */
  readonly sensitivity: string;
  readonly criticality: string;
}

export interface Action {
  readonly name: ActionName;
  /** The button that opens the form. */
  readonly label: string;
  /** Title of the form, before the name of the endpoint. */
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly explanation: string;
  /** The button that decides. */
  readonly submit: string;
  /** Continues the name of the endpoint, once it is decided. */
  readonly done: (draft: Draft) => string;
  readonly fields: readonly Exclude<keyof Draft, 'reason'>[];
  /** Label of `until`. */
  readonly untilLabel?: string;
  readonly needsReason: boolean;
  /** A statement that has to be ticked first. */
  readonly confirm?: string;
  readonly isOffered: (endpoint: Endpoint) => boolean;
  /** What the server takes beside action and reason. */
  readonly toBody: (draft: Draft) => object;
}

const always = (): boolean => true;

function has(decisions: Endpoint['decisions'], name: ActionName): boolean {
  return decisions.some(({ action }) => action === name);
}

export const ACTIONS: readonly Action[] = [
  {
    name: 'adopt',
    label: 'Adopt',
    title: 'Adopt',
    explanation: 'It belongs to the estate, and counts as declared until a specification has it.',
    submit: 'Adopt',
    done: () => 'is adopted',
    fields: [],
    needsReason: false,
    isOffered: ({ declaredIn, decisions, visibility }) =>
      declaredIn.length === 0 && visibility !== 'probe' && !has(decisions, 'adopt'),
    toBody: () => ({}),
  },
  {
    name: 'assign',
    label: 'Assign',
    title: 'Assign an owner to',
    explanation: 'The team that answers for it, whatever declarations and CODEOWNERS say.',
    submit: 'Assign',
    done: ({ owner }) => `is assigned to ${owner}`,
    fields: ['owner'],
    needsReason: false,
    isOffered: always,
    toBody: ({ owner }) => ({ owner: owner.trim() }),
  },
  {
    name: 'deprecate',
    label: 'Deprecate',
    title: 'Deprecate',
    explanation:
      'Nobody should call it any more. From now on its calls make it a zombie, and after its last day it waits for review until it is gone.',
    submit: 'Deprecate',
    done: ({ until }) => `is deprecated, with ${until} as its last day`,
    fields: ['until'],
    untilLabel: 'Last day',
    needsReason: false,
    isOffered: always,
    toBody: ({ until }) => ({ until }),
  },
  {
    name: 'block',
    label: 'Block',
    title: 'Block',
    explanation:
      'Nobody may call it any more. Whoever does is reported from now on; nothing refuses the calls yet. Look at who calls it first.',
    submit: 'Block',
    done: () => 'is blocked',
    fields: [],
    confirm: 'I know that its callers will be reported',
    needsReason: true,
    isOffered: ({ blocked }) => !blocked,
    toBody: () => ({}),
  },
  {
    name: 'accept',
    label: 'Accept the risk',
    title: 'Accept the risk of',
    explanation:
      'What is wrong with it is known, and is not reported until the date. Then it waits for review again.',
    submit: 'Accept the risk',
    done: ({ until }) => `is accepted until ${until}`,
    fields: ['until'],
    untilLabel: 'Until',
    needsReason: true,
    isOffered: always,
    toBody: ({ until }) => ({ until }),
  },
  {
    name: 'tag',
    label: 'Tag',
    title: 'Tag',
    explanation: 'What data it handles and how much depends on it, whatever Reeve derives.',
    submit: 'Tag',
    done: () => 'is tagged',
    fields: ['sensitivity', 'criticality'],
    needsReason: false,
    isOffered: always,
    toBody: ({ sensitivity, criticality }) => ({
      ...(sensitivity.trim() !== '' && { sensitivity: toTags(sensitivity) }),
      ...(criticality !== '' && { criticality }),
    }),
  },
];

/** `pii, pci` as tags, each once; `none` says that there are none. */
export function toTags(text: string): string[] {
  const tags = text.split(/[\s,;]+/).filter((tag) => tag !== '');
  return tags.length === 1 && tags[0] === 'none' ? [] : [...new Set(tags)];
}

/** Most characters of a reason. */
export const MAX_REASON = 500;

const DAY_MS = 86_400_000;
const USUAL_DAYS = 90;

/** A date some days from now, as date fields take it (UTC). */
export function dayFrom(now: number, days: number): string {
  return new Date(now + days * DAY_MS).toISOString().slice(0, 10);
}

/** What a form begins with. Tags begin empty, since what is left empty stays as it is. */
export function firstDraft(now = Date.now()): Draft {
  return {
    reason: '',
    owner: '',
    until: dayFrom(now, USUAL_DAYS),
    sensitivity: '',
    criticality: '',
  };
}

/** What an action in force is called, with its end where it has one. */
export const IN_FORCE: Readonly<Record<ActionName, string>> = {
  adopt: 'Adopted',
  assign: 'Owner assigned',
  deprecate: 'Deprecated',
  block: 'Blocked',
  accept: 'Risk accepted',
  tag: 'Tagged',
};
