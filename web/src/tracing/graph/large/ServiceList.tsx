import { Link, useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useState } from 'react';
import { grouped } from '../../../names.ts';
import type { ListSearch } from '../../../router.tsx';
import { OUTSIDE } from '../../model.ts';
import { fullWords } from '../../words.ts';
import type { Columns } from './columns.ts';
import { matchesOf } from './matches.ts';

interface Props {
  readonly columns: Columns;
  readonly search: ListSearch;
}

const SHOWN = 60;

/** The services of the map as a list, those first that are asked most: for the keyboard, and to find one. */
export function ServiceList({ columns, search }: Props) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text);
  const { ids, requests } = columns;
  const order = useMemo(
    () =>
      [...ids.keys()]
        .filter((place) => ids[place] !== OUTSIDE)
        .sort((a, b) => (requests[b] ?? 0) - (requests[a] ?? 0)),
    [ids, requests],
  );
  const found = useMemo(() => matchesOf(wanted, ids, order), [wanted, ids, order]);
  const { from: _, to: __, ...rest } = search;
  const [first] = found;
  return (
    <div className="map-list">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const id = first === undefined ? undefined : ids[first];
          if (id) void navigate({ to: '/graph', search: { ...rest, id }, resetScroll: false });
        }}
      >
        <label>
          <span className="hidden">Find a service</span>
          <input
            type="search"
            value={text}
            maxLength={400}
            placeholder="Find a service"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
      </form>
      <ul aria-label="Services">
        {found.slice(0, SHOWN).map((place) => {
          const id = ids[place] ?? '';
          return (
            <li key={id}>
              <Link
                to="/graph"
                search={{ ...rest, id }}
                resetScroll={false}
                title={id}
                aria-current={search.id === id ? 'true' : undefined}
              >
                {fullWords(id)}
              </Link>
              <span className="dim">{grouped(requests[place] ?? 0)}</span>
            </li>
          );
        })}
      </ul>
      <p className="dim" role="status">
        {found.length === 0 && 'No service is called so.'}
        {found.length > SHOWN && `And ${grouped(found.length - SHOWN)} more.`}
      </p>
    </div>
  );
}
