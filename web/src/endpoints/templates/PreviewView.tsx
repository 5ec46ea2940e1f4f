import { grouped } from '../../names.ts';
import type { PreviewedEndpoint, TemplatePreview } from '../decisions/api.ts';

/** What a correction would change, by what has been counted so far. */
export function PreviewView({ preview }: { readonly preview: TemplatePreview }) {
  const { before, after, examples, note } = preview;
  return (
    <div className="preview" role="status">
      {note !== null ? (
        <p>It would change nothing. {note}</p>
      ) : (
        <>
          <Side title="Now" endpoints={before} />
          <Side title="Then" endpoints={after} />
          <Examples examples={examples} />
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
        {endpoints.slice(0, SHOWN).map(({ method, template, requests }) => (
          <li key={`${method} ${template}`}>
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

function Examples({ examples }: Pick<TemplatePreview, 'examples'>) {
  if (examples.length === 0) return null;
  return (
    <section>
      <h4>For example</h4>
      <ul>
        {examples.map(({ method, before, after }) => (
          <li key={`${method} ${before} ${after}`}>
            <code>
              <b>{method}</b> {before}
            </code>{' '}
            will be counted under <code>{after}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
