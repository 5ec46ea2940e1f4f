import { useState } from 'react';
import type { Credential } from '../../../src/estate/model.ts';
import { AssignDialog } from './AssignDialog.tsx';

/** What a person can say of a credential, and what was just said. */
export function AssignAction({ credential }: { readonly credential: Credential }) {
  const { id } = credential;
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState({ id, words: '' });
  return (
    <>
      <p className="said" role="status">
        {said.id === id && said.words !== '' && `${said.words}.`}
      </p>
      <div className="buttons">
        <button type="button" onClick={() => setOpen(true)}>
          Assign
        </button>
      </div>
      {isOpen && (
        <AssignDialog
          key={id}
          credential={credential}
          onClose={() => setOpen(false)}
          onAssigned={(words) => {
            setOpen(false);
            setSaid({ id, words });
          }}
        />
      )}
    </>
  );
}
