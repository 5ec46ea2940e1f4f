import { nameOf, partsOf } from '../names.ts';
import { type AlertHop, type KeepReason, OUTSIDE } from './model.ts';

/** What the console calls what traces show. */

export type Evidence = AlertHop['evidence'];
export type Policy = AlertHop['policy'];
export type Outcome = AlertHop['outcome'];
/** How good or bad something is; the word itself is always there to be read. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain';

export interface Said {
  readonly word: string;
  readonly tone: Tone;
  /** A sentence. */
  readonly meaning: string;
}

export const EVIDENCE: Readonly<Record<Evidence, Said>> = {
  authenticated: {
    word: 'authenticated',
    tone: 'good',
    meaning: 'The caller proved who it is.',
  },
  asserted: {
    word: 'asserted',
    tone: 'warn',
    meaning: 'Only the caller itself says who it is.',
  },
  none: { word: 'no evidence', tone: 'bad', meaning: 'Nothing says who called.' },
};

export const POLICY: Readonly<Record<Policy, Said>> = {
  declared: { word: 'declared', tone: 'good', meaning: 'The caller declares this call.' },
  undeclared: {
    word: 'undeclared',
    tone: 'warn',
    meaning: 'The caller has a declaration, and this call is not in it.',
  },
  forbidden: { word: 'forbidden', tone: 'bad', meaning: 'Policy forbids this call.' },
  unknown: { word: 'no policy', tone: 'plain', meaning: 'No policy says anything of this call.' },
};

export const OUTCOME: Readonly<Record<Outcome, Said>> = {
  ok: { word: 'answered', tone: 'plain', meaning: 'It went through.' },
  failed: { word: 'failed', tone: 'bad', meaning: 'It was answered with an error of the server.' },
  denied: { word: 'denied', tone: 'warn', meaning: 'It was refused.' },
};

export const KEEP: Readonly<Record<KeepReason, string>> = {
  alert: 'part of an alert',
  contradiction: 'a claim contradicts a proof',
  denial: 'a request was denied',
  'new-edge': 'a new relationship',
  sensitive: 'sensitive data',
  asked: 'asked for by a person',
};

/** `new-edge`: `new edge`. */
export function kindWords(kind: string): string {
  return kind.replaceAll('-', ' ');
}

/** What a service is called in a list. */
export function partyWords(service: string | null): string {
  if (service === null) return 'nobody known';
  return service === OUTSIDE ? 'outside' : nameOf(service);
}

/** What a service is called where several may have its name: `shop/orders`. */
export function fullWords(service: string): string {
  const { namespace, name } = partsOf(service);
  return service === OUTSIDE || name === '' ? partyWords(service) : `${namespace}/${name}`;
}

/** Cut in the middle, where a text is longer than there is room: ends of names tell most. */
export function cut(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const tail = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - tail).join('')}…${letters.slice(letters.length - tail).join('')}`;
}

/** What MITRE ATT&CK calls the techniques that detections name (Enterprise, version 17). */
export const TECHNIQUES: Readonly<Record<string, string>> = {
  T1021: 'Remote Services',
  T1036: 'Masquerading',
  T1046: 'Network Service Discovery',
  T1078: 'Valid Accounts',
  T1119: 'Automated Collection',
  T1133: 'External Remote Services',
  T1190: 'Exploit Public-Facing Application',
  T1210: 'Exploitation of Remote Services',
  T1213: 'Data from Information Repositories',
  T1548: 'Abuse Elevation Control Mechanism',
  T1550: 'Use Alternate Authentication Material',
  'T1562.006': 'Impair Defenses: Indicator Blocking',
  T1610: 'Deploy Container',
};

/** The page of an ATT&CK technique: `T1562.006`; undefined for what is none. */
export function techniqueUrl(technique: string): string | undefined {
  const [, main, sub] = /^(T\d{4})(?:\.(\d{3}))?$/.exec(technique) ?? [];
  if (main === undefined) return undefined;
  return `https://attack.mitre.org/techniques/${main}/${sub === undefined ? '' : `${sub}/`}`;
}

/** `350 ms`, `1.25 s`, `2 min`. */
export function lengthWords(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'not known';
  if (milliseconds < 1) return `${(Math.round(milliseconds * 100) / 100).toString()} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${(milliseconds / 1_000).toFixed(2)} s`;
  return `${Math.round(milliseconds / 60_000).toLocaleString('en')} min`;
}

/** `10:32:05 UTC`, and the day where it is another one than that of the first. */
export function clockWords(time: string, first = time): string {
  const clock = `${time.slice(11, 19)} UTC`;
  return time.slice(0, 10) === first.slice(0, 10) ? clock : `${time.slice(0, 10)} ${clock}`;
}

/** `2026-01-01 10:32:05 UTC`. */
export const timeWords = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;
