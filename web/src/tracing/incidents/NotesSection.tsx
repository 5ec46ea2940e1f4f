import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { send } from '../../api.ts';
import { LongField } from '../../components/fields.tsx';
import { Moment } from '../../components/Moment.tsx';
import { ErrorNote } from '../../components/parts.tsx';
import type { IncidentView } from '../model.ts';

const MAX_NOTE = 2_000;

/** What people wrote of an incident, the latest first, and room for more. */
export function NotesSection({ incident: { id, notes } }: { readonly incident: IncidentView }) {
  const [text, setText] = useState('');
  const queries = useQueryClient();
  const writing = useMutation({
    mutationFn: () => send('POST', `/incidents/${encodeURIComponent(id)}/notes`, { text }),
    onSuccess: () => {
      setText('');
      return queries.invalidateQueries({ queryKey: ['incidents'] });
    },
  });
  const write = (event: FormEvent): void => {
    event.preventDefault();
    writing.mutate();
  };
  return (
    <section className="card" aria-labelledby="notes">
      <h2 id="notes">Notes</h2>
      <ul className="notes">
        {notes.toReversed().map(({ at, by, text: said }) => (
          <li key={`${at} ${by} ${said}`}>
            <p className="dim">
              {by}, <Moment time={at} />
            </p>
            <p>{said}</p>
          </li>
        ))}
      </ul>
      <form onSubmit={write}>
        {writing.error && <ErrorNote error={writing.error} />}
        <LongField
          label="Note"
          required
          hint="Kept with the incident. No secrets."
          maxLength={MAX_NOTE}
          value={text}
          onChange={setText}
        />
        <button type="submit" disabled={writing.isPending || text.trim() === ''}>
          {writing.isPending ? 'Writing …' : 'Write it down'}
        </button>
      </form>
    </section>
  );
}
