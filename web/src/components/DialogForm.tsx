import type { FormEvent, ReactNode } from 'react';
import { Dialog } from './Dialog.tsx';
import { ErrorNote } from './parts.tsx';

interface Props {
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly explanation: string;
  /** What to know before the fields are filled in. */
  readonly lead?: ReactNode;
  /** What went wrong, other than with one field. */
  readonly error: Error | null | undefined;
  /** What the button that submits says, and what it says meanwhile. */
  readonly submit: { readonly label: string; readonly busy: string };
  readonly isBusy: boolean;
  readonly isDangerous?: boolean;
  /** Buttons before the one that submits. */
  readonly buttons?: ReactNode;
  readonly closeLabel?: string;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** The fields. */
  readonly children: ReactNode;
}

/** A form in a window over the page. */
export function DialogForm({
  title,
  explanation,
  lead,
  error,
  submit,
  isBusy,
  isDangerous = false,
  buttons,
  closeLabel = 'Cancel',
  onSubmit,
  onClose,
  children,
}: Props) {
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{explanation}</p>
      {lead}
      <form onSubmit={send}>
        {error && <ErrorNote error={error} />}
        {children}
        <div className="buttons">
          {buttons}
          <button type="submit" className={isDangerous ? 'danger' : 'primary'} disabled={isBusy}>
            {isBusy ? submit.busy : submit.label}
          </button>
          <button type="button" onClick={onClose}>
            {closeLabel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
