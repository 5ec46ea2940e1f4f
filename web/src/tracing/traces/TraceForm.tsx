import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { readTraceId } from './bars.ts';

/** Leads to a trace by its id, as logs and other tools write it. */
export function TraceForm() {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const problem = useId();
  const open = (event: FormEvent): void => {
    event.preventDefault();
    const id = readTraceId(text);
    setWrong(id === undefined);
    if (id !== undefined) void navigate({ to: '/traces/$id', params: { id } });
  };
  return (
    <form className="trace-form" onSubmit={open} noValidate>
      <label>
        <span>Trace id</span>
        <input
          type="text"
          value={text}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          placeholder="32 hexadecimal digits"
          aria-invalid={isWrong}
          aria-describedby={isWrong ? problem : undefined}
          onChange={(event) => {
            setText(event.target.value);
            setWrong(false);
          }}
        />
      </label>
      <button type="submit">Open</button>
      <p className="problem" id={problem} role="alert">
        {isWrong && 'A trace id has 32 hexadecimal digits, not all of them 0.'}
      </p>
    </form>
  );
}
