import { actionWords } from '../../audit/words.ts';
import { minute } from '../answers.ts';
import { toFields } from '../fields.ts';

interface Moment {
  readonly at: string;
  readonly after: number;
  readonly subject: string;
  readonly action: string;
  readonly actor: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Item {
  readonly kind: string;
  readonly subject: string;
  readonly version: number | null;
  readonly name: string;
  readonly service: string | null;
  readonly owner: string | null;
  readonly consumers: readonly string[];
  readonly places: readonly string[];
  readonly state: 'working' | 'waits' | 'revoked' | 'done';
  readonly problem: string | null;
  readonly hint: string | null;
}

/** A leak, as the API tells it. */
export interface Leak {
  readonly id: string;
  readonly reports: readonly {
    readonly at: string;
    readonly by: string;
    readonly where: string | null;
  }[];
  readonly items: readonly Item[];
  readonly isContained: boolean;
  readonly timeline: readonly Moment[];
}

const STATES = {
  working: 'Reeve is at it',
  waits: 'WAITS for a person',
  revoked: 'revoked: its target refuses it',
  done: 'done, as a person says',
} as const;

/** All about a leak, in lines of 80 columns. */
export function toText({ id, reports, items, isContained, timeline }: Leak): string {
  const fields = toFields([
    ['leak', [id]],
    [
      'reported',
      reports.map(({ at, by, where }) => `${minute(at)} UTC by ${by}${where ? `: ${where}` : ''}`),
    ],
    ['state', [isContained ? 'contained: nothing is left that the value opens' : 'OPEN']],
  ]);
  const opened = items.map((item) =>
    toFields([
      ['opens', [`${item.subject}${item.version === null ? '' : `, version ${item.version}`}`]],
      ['  owner', [item.owner ?? 'nobody is known']],
      ['  used by', item.consumers],
      ['  lies in', item.places],
      ['  state', [STATES[item.state], item.problem, item.hint]],
    ]),
  );
  const told = toFields([['timeline', timeline.map(momentText)]]);
  return [fields, ...opened, told].filter((text) => text !== '').join('\n\n');
}

/** `+1.250 s reeve made a new value current (production/shop/orders/orders-db)` */
export function momentText({ after, actor, subject, detail, ...entry }: Moment): string {
  const step = typeof detail.step === 'string' ? `, ${detail.step}` : '';
  return `+${(after / 1_000).toFixed(3)} s ${actor} ${actionWords(entry)}${step} (${subject})`;
}
