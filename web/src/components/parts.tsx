import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';
import { nameOf, partsOf, toPlace } from '../names.ts';

/** How good or bad a word is; the word itself is always there to be read. */
const TONES: Readonly<Record<string, string>> = {
  governed: 'good',
  mtls: 'good',
  token: 'good',
  done: 'good',
  shadow: 'bad',
  zombie: 'bad',
  none: 'bad',
  critical: 'bad',
  high: 'bad',
  failed: 'bad',
  medium: 'warn',
  unowned: 'warn',
  unknown: 'warn',
  internet: 'warn',
  blocked: 'bad',
  deprecated: 'warn',
  dropped: 'warn',
  refused: 'bad',
  active: 'good',
  tainted: 'bad',
};

/** The class that colours a word. */
export function toneOf(word: string): string {
  return TONES[word] ?? 'plain';
}

export function Badge({ word }: { readonly word: string }) {
  return <span className={`badge ${toneOf(word)}`}>{word}</span>;
}

/** Nothing, so that its absence can be seen. */
export function Missing({ what }: { readonly what: string }) {
  return <span className="missing">{what}</span>;
}

/** A service by its name, leading to it. */
export function ServiceLink({ id }: { readonly id: string }) {
  const { environment, namespace } = partsOf(id);
  return (
    <Link
      to="/$list"
      params={{ list: 'services' }}
      search={{ id }}
      title={`${nameOf(id)} (${environment}/${namespace})`}
      className="clamped"
    >
      {nameOf(id)}
    </Link>
  );
}

export function OwnerName({ owner }: { readonly owner: string | null }) {
  if (owner === null) return <Missing what="no owner" />;
  return (
    <span className="clamped" title={owner}>
      {owner}
    </span>
  );
}

export interface PlaceLike {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** Where something stands, as editors and terminals take it. */
export function Place({ place }: { readonly place: PlaceLike }) {
  return <code className="place">{toPlace(place)}</code>;
}

export function Places({ places }: { readonly places: readonly PlaceLike[] }) {
  return (
    <ul className="places">
      {places.map((place) => (
        <li key={toPlace(place)}>
          <Place place={place} />
        </li>
      ))}
    </ul>
  );
}

export function ErrorNote({ error }: { readonly error: Error }) {
  const hint = error instanceof ApiError ? error.hint : undefined;
  return (
    <p className="error" role="alert">
      {error.message}
      {hint !== undefined && <span> — {hint}</span>}
    </p>
  );
}

export interface Row {
  readonly term: string;
  readonly value: ReactNode;
}

/** Terms and values; rows without a value are left out. */
export function Facts({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <dl className="facts">
      {rows
        .filter(({ value }) => value !== null && value !== undefined && value !== '')
        .map(({ term, value }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
