import { useState } from 'react';
import type { Endpoint } from '../../../src/estate/model.ts';
import type { Selection } from '../components/selection.tsx';
import { grouped } from '../names.ts';
import { Actions } from './Actions.tsx';

/** What can be decided about the rows that are selected; stays to say what was decided. */
export function BulkBar({ selection }: { readonly selection: Selection<Endpoint> }) {
  const [said, setSaid] = useState('');
  const { items } = selection;
  return (
    <div className={items.length === 0 ? 'bulk empty' : 'bulk'}>
      {items.length > 0 && (
        <>
          <span>
            <b>{grouped(items.length)}</b> selected
          </span>
          <Actions
            endpoints={items}
            onDecided={(words) => {
              setSaid(words);
              selection.clear();
            }}
          />
          <button type="button" className="quiet" onClick={selection.clear}>
            Select none
          </button>
        </>
      )}
      <p className="said" role="status">
        {said !== '' && items.length === 0 && `${said}.`}
      </p>
    </div>
  );
}
