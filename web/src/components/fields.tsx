import { type ReactElement, type ReactNode, useId } from 'react';

/** Fields of forms: each with its label, a hint, and what is wrong with it. */

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What the server, or the form, finds wrong with the value. */
  readonly problem?: string | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly required?: boolean;
}

interface InputProps extends FieldProps {
  readonly type?: 'text' | 'date';
  readonly maxLength?: number;
  readonly min?: string;
  /** Values to choose from; others are taken too. */
  readonly suggestions?: readonly string[];
}

export function TextField({ type = 'text', maxLength, min, suggestions, ...field }: InputProps) {
  const list = useId();
  return (
    <Field {...field}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            type={type}
            maxLength={maxLength}
            min={min}
            autoComplete="off"
            list={suggestions && list}
            value={field.value}
            required={field.required}
            onChange={(event) => field.onChange(event.target.value)}
          />
          {suggestions && (
            <datalist id={list}>
              {suggestions.map((suggestion) => (
                <option key={suggestion} value={suggestion} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

export function LongField({ maxLength, ...field }: FieldProps & { readonly maxLength: number }) {
  return (
    <Field {...field}>
      {(attributes) => (
        <textarea
          {...attributes}
          rows={3}
          maxLength={maxLength}
          value={field.value}
          required={field.required}
          onChange={(event) => field.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

interface ChoiceProps extends FieldProps {
  /** Value and what is shown for it. */
  readonly choices: readonly (readonly [string, string])[];
}

export function ChoiceField({ choices, ...field }: ChoiceProps) {
  return (
    <Field {...field}>
      {(attributes) => (
        <select
          {...attributes}
          value={field.value}
          onChange={(event) => field.onChange(event.target.value)}
        >
          {choices.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface Attributes {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

function Field({
  label,
  hint,
  problem,
  required,
  children,
}: FieldProps & { readonly children: (attributes: Attributes) => ReactElement }) {
  const id = useId();
  const hintId = `${id}-hint`;
  const problemId = `${id}-problem`;
  const described = [problem && problemId, hint && hintId].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {!required && <span className="dim"> (optional)</span>}
      </label>
      {children({
        id,
        'aria-invalid': problem !== undefined,
        'aria-describedby': described === '' ? undefined : described,
      })}
      {problem !== undefined && (
        <p className="problem" id={problemId}>
          {problem}
        </p>
      )}
      {hint && (
        <p className="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}
