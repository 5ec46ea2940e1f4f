import type { Answers } from '../../src/estate/model.ts';

/** One kind of thing that fails a question: how many, and where to see them. */
export interface Failing {
  readonly list: 'endpoints' | 'calls' | 'findings';
  readonly filter: Readonly<Record<string, string>>;
  /** Continues a number. */
  readonly text: string;
}

export interface Question {
  readonly key: keyof Answers;
  readonly text: string;
  /** What is counted. */
  readonly of: string;
  readonly failing: readonly Failing[];
}

export const QUESTIONS: readonly Question[] = [
  {
    key: 'endpointsInventoried',
    text: 'Is every active endpoint inventoried?',
    of: 'endpoints',
    failing: [
      { list: 'endpoints', filter: { status: 'shadow' }, text: 'declared nowhere' },
      { list: 'endpoints', filter: { status: 'zombie' }, text: 'deprecated and still called' },
      { list: 'endpoints', filter: { status: 'unowned' }, text: 'without an owner' },
      { list: 'endpoints', filter: { status: 'dormant' }, text: 'declared but not found' },
    ],
  },
  {
    key: 'callsAuthenticated',
    text: 'Is every internal call authenticated?',
    of: 'calls',
    failing: [
      { list: 'calls', filter: { authentication: 'none' }, text: 'without proof of the caller' },
      { list: 'calls', filter: { authentication: 'unknown' }, text: 'that nothing is known of' },
    ],
  },
  {
    key: 'credentialsGoverned',
    text: 'Does every credential have a known owner and a rotation path?',
    of: 'credentials',
    failing: [
      { list: 'findings', filter: { control: 'secrets/unowned' }, text: 'without an owner' },
      {
        list: 'findings',
        filter: { control: 'secrets/no-rotation' },
        text: 'without a rotation path',
      },
    ],
  },
];
