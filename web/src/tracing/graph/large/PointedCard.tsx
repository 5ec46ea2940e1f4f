import { useMemo } from 'react';
import { counted } from '../../../names.ts';
import { fullWords } from '../../words.ts';
import type { Columns } from './columns.ts';

interface Props {
  readonly id: string;
  readonly columns: Columns;
}

/** What the pointer is on, in a few words; all of it is told by the panel. */
export function PointedCard({ id, columns }: Props) {
  const { requests, callers, callees } = useMemo(() => numbersOf(id, columns), [id, columns]);
  return (
    <div className="map-card" aria-hidden="true">
      <b>{fullWords(id)}</b>
      <span>{counted(requests, 'request')}</span>
      <span>
        calls {callees}, called by {callers}
      </span>
    </div>
  );
}

function numbersOf(id: string, { ids, requests, from, to }: Columns) {
  const place = ids.indexOf(id);
  const among = (ends: Uint32Array) => ends.reduce((sum, end) => sum + (end === place ? 1 : 0), 0);
  return { requests: requests[place] ?? 0, callees: among(from), callers: among(to) };
}
