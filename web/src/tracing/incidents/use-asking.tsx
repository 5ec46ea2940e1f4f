import { type ReactNode, useState } from 'react';
import { type Asked, ReasonDialog } from './ReasonDialog.tsx';

interface Asking {
  readonly ask: (asked: Asked) => void;
  /** The dialog, and what was done last: to be put on the page. */
  readonly shown: ReactNode;
}

/** Has things confirmed in a dialog, one at a time. */
export function useAsking(): Asking {
  const [asked, setAsked] = useState<Asked>();
  const [said, setSaid] = useState('');
  const shown = (
    <>
      <p className="said" role="status">
        {said}
      </p>
      {asked && (
        <ReasonDialog
          asked={asked}
          onClose={() => setAsked(undefined)}
          onDone={(words) => {
            setAsked(undefined);
            setSaid(words);
          }}
        />
      )}
    </>
  );
  return { ask: setAsked, shown };
}
