import { grouped } from '../../names.ts';
import type { PreviewedEndpoint, TemplatePreview } from '../decisions/api.ts';

/** What a correction would change, by what has been counted so far. */
export function PreviewView({ preview }: { readonly preview: TemplatePreview }) {
  const { before, after } = preview;
  return (
    <div className="preview" role="status">
      {before.length === 0 && after.length === 0 ? (
        <p>Nothing that was seen so far would change.</p>
      ) : (
        <>
          <Side title="Now" endpoints={before} />
          <Side title="Then" endpoints={after} />
        </>
      )}
    </div>
  );
}

const SHOWN = 20;

interface SideProps {
  readonly title: string;
  readonly endpoints: readonly PreviewedEndpoint[];
}

function Side({ title, endpoints }: SideProps) {
  return (
    <section>
      <h4>{title}</h4>
      <ul>
        {endpoints.slice(0, SHOWN).map(({ method, template, requests, examples }) => (
          <li key={`${method} ${template}`} title={examples?.join('\n')}>
            <code>
              <b>{method}</b> {template}
            </code>{' '}
            <span className="dim">{grouped(requests)} requests</span>
          </li>
        ))}
      </ul>
      {endpoints.length > SHOWN && (
        <p className="dim">and {grouped(endpoints.length - SHOWN)} more</p>
      )}
    </section>
  );
}
