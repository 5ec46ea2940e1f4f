import type {
  BlockedEdge,
  Fix,
  IncidentView,
  ProposedAction,
  Sign,
  TakenAction,
} from '../model.ts';
import { fullWords, type Tone } from '../words.ts';

/** What the console calls what incidents are made of. */

export const STATE_TONES: Readonly<Record<IncidentView['state'], Tone>> = {
  open: 'bad',
  acknowledged: 'warn',
  expected: 'good',
  malicious: 'bad',
  resolved: 'good',
};

export const ACTIONS: Readonly<Record<ProposedAction['kind'], string>> = {
  'revoke-identity': 'Revoke the identity',
  'block-edge': 'Block the calls',
  'block-endpoint': 'Block the endpoint',
  'rotate-credentials': 'Rotate the credentials',
  'end-leases': 'End what was lent',
};

export const STANDING: Readonly<Record<TakenAction['standing'], readonly [string, Tone]>> = {
  done: ['done', 'good'],
  'under-way': ['under way', 'plain'],
  'half-done': ['half done', 'warn'],
  failed: ['failed', 'bad'],
};

export const STEPS: Readonly<
  Record<TakenAction['steps'][number]['state'], readonly [string, Tone]>
> = {
  done: ['done', 'good'],
  waits: ['waits', 'plain'],
  failed: ['failed', 'bad'],
};

export const FIXES: Readonly<Record<Fix['kind'], string>> = {
  endpoint: 'Endpoint',
  call: 'Call',
  policy: 'Policy',
  credential: 'Credential',
};

/** `daysWithNew`: `days with new`. */
export function evidenceWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export function evidenceValue(value: Sign['evidence'][string]): string {
  if (typeof value === 'number') {
    return value.toLocaleString('en', { maximumFractionDigits: 3 });
  }
  return typeof value === 'string' ? value || '—' : value.join(', ') || '—';
}

/** `FROM -> TO` by their names. */
export function targetWords(target: string): string {
  return target.split(' -> ').map(fullWords).join(' → ');
}

export const edgeWords = ({ from, to }: Pick<BlockedEdge, 'from' | 'to'>): string =>
  `${fullWords(from)} → ${fullWords(to)}`;
