import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../../api.ts';
import { Moment } from '../../components/Moment.tsx';
import { ErrorNote, ServiceLink } from '../../components/parts.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { toPercent } from '../../endpoints/words.ts';
import { counted } from '../../names.ts';
import type { ListSearch } from '../../router.tsx';
import type { Baseline } from '../model.ts';
import { PartyLink } from '../parts.tsx';
import { ShortList } from '../ShortList.tsx';
import { fullWords } from '../words.ts';
import {
  changesWords,
  entriesWords,
  fanOutWords,
  lifeWords,
  STATES,
  sharesWords,
} from './baseline-words.ts';
import { Hours } from './Hours.tsx';
import { maturityWords } from './picture.ts';

interface Props {
  readonly id: string;
  readonly search: ListSearch;
  readonly onClose: () => void;
}

/** What is usual for a service: whom it calls, who calls it, when, how much, and how well that is known. */
export function ServicePanel({ id, search, onClose }: Props) {
  const { data, error } = useQuery({
    queryKey: ['baseline', id],
    queryFn: () => get<Baseline>(`/services/${encodeURIComponent(id)}/baseline`),
  });
  return (
    <SidePanel subject={id} title={fullWords(id)} onClose={onClose}>
      <ul className="links">
        {search.service !== id && (
          <li>
            <Link to="/graph" search={{ ...search, service: id }} resetScroll={false}>
              Show only what lies around it
            </Link>
          </li>
        )}
        <li>
          In the inventory: <ServiceLink id={id} />
        </li>
        <li>
          <Link to="/traces" search={{ service: id }}>
            Traces of it that are kept
          </Link>
        </li>
        <li>
          <Link to="/incidents" search={{ service: id }}>
            Incidents that it is part of
          </Link>
        </li>
      </ul>
      {error && <ErrorNote error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && <Usual usual={data} />}
    </SidePanel>
  );
}

function Usual({ usual }: { readonly usual: Baseline }) {
  return (
    <>
      <section aria-label="Maturity">
        <h3>How well it is known</h3>
        <p>
          <b>{maturityWords(usual)}.</b> {lifeWords(usual)}
        </p>
        <p>{changesWords(usual)}</p>
      </section>
      <section aria-label="Behaviour">
        <h3>What is usual</h3>
        <p>{entriesWords(usual)}</p>
        {usual.callers.length > 0 && <p>{sharesWords('is asked', usual.asCallee)}</p>}
        <p>{fanOutWords(usual)}</p>
        {usual.callees.length > 0 && <p>{sharesWords('asks', usual.asCaller)}</p>}
        <Hours hours={usual.hours} />
      </section>
      <Neighbours title="Who calls it" list={usual.callers} none="Nobody." />
      <Neighbours title="Whom it calls" list={usual.callees} none="Nobody." />
      <section aria-label="Operations">
        <h3>What it is asked for</h3>
        <ShortList
          items={usual.operations}
          none="Nothing."
          keyOf={({ protocol, method, template }) => `${protocol} ${method} ${template}`}
          show={({ method, template, callers, days, lastSeen }) => (
            <>
              <code>{`${method} ${template}`}</code>
              <span className="dim">
                {counted(callers, 'caller')}, {daysWords(days)} <Moment time={lastSeen} />
              </span>
            </>
          )}
        />
      </section>
      <Named title="Accounts that it goes by" list={usual.accounts} />
      <Named title="Where it calls from" list={usual.addresses} />
      <Named title="What it ran" list={usual.versions} />
    </>
  );
}

interface NeighboursProps {
  readonly title: string;
  readonly list: Baseline['callers'];
  readonly none: string;
}

function Neighbours({ title, list, none }: NeighboursProps) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ShortList
        items={list}
        none={none}
        keyOf={({ service }) => service}
        show={({ service, state, days, lastSeen, isAuthenticated, shares }) => (
          <>
            <PartyLink id={service} />
            <span className="dim">
              {STATES[state]}, {daysWords(days)} <Moment time={lastSeen} />
              {isAuthenticated ? ', proved' : ', not proved'}
              {shares.denied > 0 && `, ${toPercent(shares.denied)} denied`}
              {shares.failed > 0 && `, ${toPercent(shares.failed)} failed`}
            </span>
          </>
        )}
      />
    </section>
  );
}

function Named({ title, list }: { readonly title: string; readonly list: Baseline['accounts'] }) {
  if (list.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ShortList
        items={list}
        none=""
        keyOf={({ name }) => name}
        show={({ name, state, days, lastSeen }) => (
          <>
            <code>{name}</code>
            <span className="dim">
              {STATES[state]}, {daysWords(days)} <Moment time={lastSeen} />
            </span>
          </>
        )}
      />
    </section>
  );
}

/** Empty where no day is counted yet: what an alert points at is not learnt. */
const daysWords = (days: number): string => (days === 0 ? '' : `on ${counted(days, 'day')}, `);
