import { useState } from 'react';
import type { Endpoint } from '../../../src/estate/model.ts';
import { ACTIONS, type Action } from './decisions/actions.ts';
import { DecisionDialog } from './decisions/DecisionDialog.tsx';

interface Props {
  readonly endpoints: readonly Endpoint[];
  readonly onDecided: (words: string) => void;
}

/** The buttons of what can be decided about endpoints: those that fit any of them. */
export function Actions({ endpoints, onDecided }: Props) {
  const [opened, setOpened] = useState<Action>();
  return (
    <>
      <fieldset className="buttons">
        <legend className="hidden">Decide</legend>
        {ACTIONS.filter(({ isOffered }) => endpoints.some(isOffered)).map((action) => (
          <button
            key={action.name}
            type="button"
            className={action.name === 'block' ? 'danger' : undefined}
            onClick={() => setOpened(action)}
          >
            {action.label}
          </button>
        ))}
      </fieldset>
      {opened && (
        <DecisionDialog
          key={opened.name}
          action={opened}
          endpoints={endpoints.filter(opened.isOffered)}
          onClose={() => setOpened(undefined)}
          onDecided={(words) => {
            setOpened(undefined);
            onDecided(words);
          }}
        />
      )}
    </>
  );
}
