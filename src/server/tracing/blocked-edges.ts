import { hash } from 'node:crypto';
import { auditEntryOf, withoutSecrets } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { PolicyFile } from '../../estate/index.ts';
import { type Asking, type Edge, edgeGuardrail, edgeOf } from '../../tracing/incidents/index.ts';
import type { KeptSources } from '../authorization/kept-sources.ts';

export interface BlockedEdgesParts {
  readonly sources: Pick<KeptSources, 'own' | 'changeOwn'>;
  readonly clock: Clock;
  /** Has the policy made anew. Resolves when it is in force. */
  readonly onChange: () => Promise<void>;
}

/** An edge that nobody may use until it is opened again. */
export interface BlockedEdge extends Edge {
  readonly id: string;
  readonly reason: string;
}

const MAX_BLOCKED = 1_000;
const FOLDER = 'blocked-edges/';
const HEADER = /^\/\/ (\{[^\n]+\})\n/;

/** Edges that people have blocked because of an incident: a guardrail each, which holds wherever policy does. */
export class BlockedEdges {
  readonly #parts: BlockedEdgesParts;

  constructor(parts: BlockedEdgesParts) {
    this.#parts = parts;
  }

  /** @throws {Fault} `estate/unavailable` */
  async list(): Promise<readonly BlockedEdge[]> {
    return (await this.#parts.sources.own()).flatMap((file) => readEdge(file) ?? []);
  }

  /** In force when it resolves.
   *  @param subject `FROM -> TO`
   *  @throws {Fault} `tracing/edge-malformed`, `tracing/blocked-edges-too-many`, `estate/unavailable` */
  async block(subject: string, by: Asking): Promise<BlockedEdge> {
    const edge = edgeOf(subject);
    if (edge === undefined) {
      throw new Fault('tracing/edge-malformed', `${quote(subject, 200)} is not "FROM -> TO"`);
    }
    const blocked: BlockedEdge = { ...edge, id: idOf(edge), reason: withoutSecrets(by.reason) };
    const { sources, clock, onChange } = this.#parts;
    const entry = auditEntryOf(
      'policy.block-edge',
      blocked.id,
      { ...edge },
      { ...by, now: clock() },
    );
    await sources.changeOwn((before) => {
      if (before.some(({ path }) => path === pathOf(blocked.id))) return undefined;
      if (before.length >= MAX_BLOCKED) throw tooMany();
      return [...before, fileOf(blocked)];
    }, entry);
    await onChange();
    return blocked;
  }

  /** Policy alone decides about the edge again.
   *  @throws {Fault} `tracing/blocked-edge-not-found`, `estate/unavailable` */
  async open(id: string, by: Asking): Promise<void> {
    const { sources, clock, onChange } = this.#parts;
    const entry = auditEntryOf('policy.open-edge', id, {}, { ...by, now: clock() });
    await sources.changeOwn((before) => {
      const after = before.filter(({ path }) => path !== pathOf(id));
      if (after.length < before.length) return after;
      throw new Fault('tracing/blocked-edge-not-found', `No blocked edge is called ${quote(id)}`);
    }, entry);
    await onChange();
  }
}

const tooMany = (): Fault =>
  new Fault('tracing/blocked-edges-too-many', `${MAX_BLOCKED} edges are blocked already`, {
    hint: 'write a guardrail for what is to stay, and open edges that need not be blocked any more',
  });

/** The same for the same edge, so that it is blocked once. */
function idOf({ from, to }: Edge): string {
  return `blocked-${hash('sha256', `${from}\n${to}`, 'hex').slice(0, 16)}`;
}

const pathOf = (id: string): string => `${FOLDER}${id}.cedar`;

function fileOf(blocked: BlockedEdge): PolicyFile {
  const { id, reason, ...edge } = blocked;
  const why = `The call was blocked because of an incident: ${reason}`;
  const header = `// ${JSON.stringify(blocked)}\n`;
  return { path: pathOf(id), text: `${header}${edgeGuardrail(edge, id, why)}` };
}

function readEdge({ path, text }: PolicyFile): BlockedEdge | undefined {
  const said = path.startsWith(FOLDER) ? HEADER.exec(text)?.[1] : undefined;
  return said === undefined ? undefined : (JSON.parse(said) as BlockedEdge);
}
