import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Endpoint } from '../../../src/estate/model.ts';
import { Facts, Missing, OwnerName, ServiceLink } from '../components/parts.tsx';
import { Actions } from './Actions.tsx';
import { ChangesSection } from './ChangesSection.tsx';
import { Marks } from './cells.tsx';
import { DecisionsSection } from './decisions/DecisionsSection.tsx';
import { EnvironmentsSection } from './EnvironmentsSection.tsx';
import { EvidenceSection } from './EvidenceSection.tsx';
import { TrafficSection } from './TrafficSection.tsx';
import { TemplateSection } from './templates/TemplateSection.tsx';
import { reviewWords, statusReason } from './words.ts';

/** Everything about one endpoint: what it is and why, who says so, what people decided, and what can be
 *  decided now. */
export function EndpointDetail({ endpoint }: { readonly endpoint: Endpoint }) {
  const { id, review, blocked } = endpoint;
  const [said, setSaid] = useState({ id, words: '' });
  const say = (words: string): void => setSaid({ id, words });
  return (
    <>
      <Marks endpoint={endpoint} />
      <p className="why">{statusReason(endpoint)}</p>
      {blocked && (
        <p className="waits">It is blocked: whoever calls it is reported, and not refused yet.</p>
      )}
      {review !== null && <p className="waits">Waits for review: {reviewWords(review)}.</p>}
      <p className="said" role="status">
        {said.id === id && said.words !== '' && `${said.words}.`}
      </p>
      <Actions endpoints={[endpoint]} onDecided={say} />
      <What endpoint={endpoint} />
      <DecisionsSection endpoint={endpoint} onDecided={say} />
      <TrafficSection endpoint={endpoint} />
      <ChangesSection endpoint={endpoint} />
      <EnvironmentsSection endpoint={endpoint} />
      <EvidenceSection endpoint={endpoint} />
      <TemplateSection endpoint={endpoint} onDone={say} />
      <ul className="links">
        <li>
          <Link to="/$list" params={{ list: 'findings' }} search={{ subject: id }}>
            Its findings
          </Link>
        </li>
      </ul>
    </>
  );
}

function What({ endpoint }: { readonly endpoint: Endpoint }) {
  const { service, protocol, owner, criticality, criticalityBecause, sensitivity } = endpoint;
  return (
    <Facts
      rows={[
        { term: 'Service', value: <ServiceLink id={service} /> },
        { term: 'Protocol', value: protocol },
        { term: 'Owner', value: <OwnerName owner={owner} /> },
        {
          term: 'Criticality',
          value:
            criticality === null ? (
              <Missing what="not known" />
            ) : (
              <Because word={criticality} because={criticalityBecause} />
            ),
        },
        {
          term: 'Sensitivity',
          value:
            sensitivity.length === 0 ? (
              <Missing what="none known" />
            ) : (
              <ul>
                {sensitivity.map(({ tag, because }) => (
                  <li key={tag}>
                    <Because word={tag} because={because} />
                  </li>
                ))}
              </ul>
            ),
        },
      ]}
    />
  );
}

function Because({ word, because }: { readonly word: string; readonly because: string | null }) {
  return (
    <>
      {word}
      {because !== null && <span className="dim"> ({because})</span>}
    </>
  );
}
