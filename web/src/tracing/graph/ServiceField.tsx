import { useId, useState } from 'react';
import { serviceOf } from './service-of.ts';

interface Props {
  /** An id; empty: none. */
  readonly value: string;
  /** Ids. */
  readonly services: readonly string[];
  readonly onChange: (id: string) => void;
}

const MAX_SUGGESTIONS = 500;

/** The service to look around, by its id or, where only one has it, its name. */
export function ServiceField({ value, services, onChange }: Props) {
  const list = useId();
  const [typed, setTyped] = useState<{ readonly of: string; readonly text: string }>();
  const text = typed?.of === value ? typed.text : value;
  const choose = (): void => {
    const id = serviceOf(text, services);
    if (id !== value) onChange(id);
  };
  return (
    <form
      className="service-field"
      onSubmit={(event) => {
        event.preventDefault();
        choose();
      }}
    >
      <label>
        <span>Around the service</span>
        <input
          type="search"
          value={text}
          list={list}
          maxLength={2_048}
          autoComplete="off"
          placeholder="all of them"
          onChange={(event) => {
            setTyped({ of: value, text: event.target.value });
            if (services.includes(event.target.value) || event.target.value === '') {
              onChange(event.target.value);
            }
          }}
          onBlur={choose}
        />
      </label>
      <datalist id={list}>
        {services.slice(0, MAX_SUGGESTIONS).map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
    </form>
  );
}
