import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A window over the page that keeps the focus until it is closed; Escape closes it. The browser gives
 *  the focus back to what had it. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // closed before it leaves the page: only then does the browser give the focus back
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <button type="button" className="quiet close" onClick={onClose} aria-label="Close">
        ×
      </button>
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}

/** Whether a dialog is open, which then takes the keys. */
export function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null;
}
