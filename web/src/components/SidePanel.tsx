import { type ReactNode, useEffect, useRef } from 'react';
import { isDialogOpen } from './Dialog.tsx';

interface Props {
  /** What is looked at: another one takes the focus again. */
  readonly subject: string;
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Something beside a page, looked at closely. Escape closes it. */
export function SidePanel({ subject, title, onClose, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another subject takes the focus again
  useEffect(() => heading.current?.focus(), [subject]);
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !isDialogOpen()) onClose();
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [onClose]);
  return (
    <aside className="panel" aria-label="Detail">
      <button type="button" className="quiet close" onClick={onClose} aria-label="Close the detail">
        ×
      </button>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </aside>
  );
}
