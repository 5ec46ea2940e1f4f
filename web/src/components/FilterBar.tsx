import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { get, NOBODY, type Owner } from '../api.ts';
import type { Choice, Filter } from '../lists.tsx';
import { nameOf } from '../names.ts';
import type { ListSearch } from '../router.tsx';

interface Props {
  readonly filters: readonly Filter[];
  readonly search: ListSearch;
  readonly onChange: (change: Readonly<Record<string, string>>) => void;
  /** Whether words can be searched for; they can unless this says no. */
  readonly searches?: boolean;
  /** Other fields, before the filters. */
  readonly children?: ReactNode;
}

const TYPING_MS = 250;
/** Fewer filters than this are shown in any window. */
const FEW = 3;

/** Search, filters, and the filters that a link has set, each to be taken away. */
export function FilterBar({ filters, search, onChange, searches = true, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const known = new Set(['q', 'id', ...filters.map(({ key }) => key)]);
  const others = Object.entries(search).filter(([key, value]) => !known.has(key) && value !== '');
  const set = filters.filter(({ key }) => (search[key] ?? '') !== '').length;
  return (
    <search className={isOpen || filters.length < FEW ? 'filters open' : 'filters'}>
      {searches && <SearchField value={search.q ?? ''} onChange={(q) => onChange({ q })} />}
      {children}
      {filters.map((filter) => (
        <FilterField
          key={filter.key}
          filter={filter}
          value={search[filter.key] ?? ''}
          onChange={(value) => onChange({ [filter.key]: value })}
        />
      ))}
      {filters.length >= FEW && (
        <button
          type="button"
          className={filters.some(({ rare }) => rare) ? 'more rare' : 'more'}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Fewer filters' : 'More filters'}
          {set > 0 && ` (${set})`}
        </button>
      )}
      {others.map(([key, value]) => (
        <button
          key={key}
          type="button"
          className="chip"
          onClick={() => onChange({ [key]: '' })}
          aria-label={`Remove the filter ${key} ${value}`}
          title={value}
        >
          {key}: {nameOf(value)} <span aria-hidden="true">×</span>
        </button>
      ))}
    </search>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Asks the server once typing pauses. */
function SearchField({ value, onChange }: FieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <label>
      <span>Search</span>
      <input
        type="search"
        value={text}
        maxLength={400}
        placeholder="Words of the name"
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

function FilterField({ filter, value, onChange }: FieldProps & { readonly filter: Filter }) {
  const choices = useChoices(filter);
  const isKnown = value === '' || choices.some((choice) => toValue(choice) === value);
  const shown = isKnown ? choices : [...choices, value];
  if (shown.length + (filter.otherwise ? 1 : 0) < 2 && value === '') return null;
  return (
    <label className={`filter ${filter.rare ? 'rare' : ''} ${value === '' ? '' : 'set'}`}>
      <span>{filter.label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{filter.otherwise ?? 'any'}</option>
        {shown.map((choice) => (
          <option key={toValue(choice)} value={toValue(choice)}>
            {typeof choice === 'string' ? choice : choice[1]}
          </option>
        ))}
      </select>
    </label>
  );
}

function toValue(choice: Choice): string {
  return typeof choice === 'string' ? choice : choice[0];
}

function useChoices({ choices, nobody }: Filter): readonly Choice[] {
  const isFixed = typeof choices !== 'string';
  const path = isFixed ? '' : choices;
  const { data } = useQuery({
    queryKey: [path],
    queryFn: () => get<{ items: readonly (string | Owner)[] }>(`/${path}`),
    enabled: !isFixed,
    staleTime: 60_000,
  });
  if (isFixed) return choices;
  const known = (data?.items ?? []).map((item) => (typeof item === 'string' ? item : item.owner));
  return nobody ? [[NOBODY, 'nobody'], ...known] : known;
}
