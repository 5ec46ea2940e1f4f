import type { IncidentView } from '../model.ts';

type State = IncidentView['state'];

/** What a person can say of an incident. */
export interface Move {
  readonly name: string;
  readonly label: string;
  readonly explanation: string;
  readonly from: readonly State[];
  /** Of the API, below the incident; with what the request says beside the reason. */
  readonly path: string;
  readonly body?: Readonly<Record<string, string>>;
  readonly needsReason: boolean;
  readonly isDangerous?: true;
  /** What is said when it is done. */
  readonly done: string;
}

export const MOVES: readonly Move[] = [
  {
    name: 'acknowledge',
    label: 'Acknowledge',
    explanation: 'Says that you look after it. Others see that, and reminders end.',
    from: ['open'],
    path: '/acknowledge',
    needsReason: false,
    done: 'You look after it',
  },
  {
    name: 'expect',
    label: 'It was expected',
    explanation:
      'What its signs show is usual from now on: the same is no incident again. It can be taken back.',
    from: ['open', 'acknowledged', 'malicious', 'resolved'],
    path: '/feedback',
    body: { verdict: 'expected' },
    needsReason: true,
    done: 'It is learnt as expected',
  },
  {
    name: 'condemn',
    label: 'It was malicious',
    explanation:
      'What its signs show is never learnt as usual, and says more when it is seen again. It can be taken back.',
    from: ['open', 'acknowledged', 'expected', 'resolved'],
    path: '/feedback',
    body: { verdict: 'malicious' },
    needsReason: true,
    isDangerous: true,
    done: 'It is learnt as malicious',
  },
  {
    name: 'resolve',
    label: 'Resolve',
    explanation:
      'Says that it is over; nothing is learnt of it. Something new of the same story opens it again.',
    from: ['open', 'acknowledged', 'malicious'],
    path: '/resolve',
    needsReason: true,
    done: 'It is resolved',
  },
  {
    name: 'take-back',
    label: 'Take that back',
    explanation: 'What was said of it is no longer learnt from, and it is open again.',
    from: ['expected', 'malicious'],
    path: '/reopen',
    needsReason: true,
    done: 'What was said is taken back: it is open again',
  },
  {
    name: 'reopen',
    label: 'Reopen',
    explanation: 'Says that it is not over.',
    from: ['acknowledged', 'resolved'],
    path: '/reopen',
    needsReason: true,
    done: 'It is open again',
  },
];

export const movesOf = (state: State): readonly Move[] =>
  MOVES.filter(({ from }) => from.includes(state));
