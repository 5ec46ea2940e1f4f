import type { Posture, Source, Subject } from '../../estate/index.ts';
import type { ClusterSink } from '../kubernetes/resource.ts';
import { subjectOf, type Workload } from '../kubernetes/workload.ts';
import { type Admission, type InboundVerdict, type Place, titleOf } from './verdict.ts';

export type Mesh = Exclude<Posture['mesh'], 'declared' | 'sdk'>;

/** Turns verdicts into observations, each of them once: workloads of one service often share one. */
export class Teller {
  readonly #mesh: Mesh;
  readonly #sink: ClusterSink;
  readonly #told = new Set<string>();

  constructor(mesh: Mesh, sink: ClusterSink) {
    this.#mesh = mesh;
    this.#sink = sink;
  }

  /** The posture; and, where a mesh object itself lets plain text in, that as a weakness. */
  posture(workload: Workload, verdict: InboundVerdict): void {
    const { inbound, port, because, at, explicit } = verdict;
    const subject = subjectOf(workload);
    const source = this.sourceAt(at);
    if (!this.#isNew('posture', subject, inbound, port, because)) return;
    this.#sink.observe({
      kind: 'service',
      subject,
      posture: { mesh: this.#mesh, inbound, ...(port !== undefined && { port }), because },
      source,
    });
    if (!explicit || (inbound !== 'permissive' && inbound !== 'disabled')) return;
    const where = port === undefined ? '' : ` on port ${port}`;
    this.weakness(
      inbound === 'permissive' ? 'identity/mtls-permissive' : 'identity/mtls-disabled',
      titleOf(at.resource),
      inbound === 'permissive'
        ? `${because}: plain text is let in beside mTLS${where}`
        : `${because}: mTLS is switched off${where}`,
      at,
      subject,
    );
  }

  permission(workload: Workload, admission: Admission): void {
    const { effect, layer, from, operations, policy, at, broad } = admission;
    const subject = subjectOf(workload);
    const source = this.sourceAt(at);
    if (!this.#isNew('permission', subject, policy, effect, from, operations)) return;
    this.#sink.observe({
      kind: 'service',
      subject,
      permission: {
        policy,
        effect,
        layer,
        from: [...from],
        operations: [...operations],
        source,
      },
      source,
    });
    if (broad !== undefined) {
      const object = policy === 'default' ? titleOf(at.resource) : policy;
      this.weakness('authorization/broad-policy', object, `${object} ${broad}`, at, subject);
    }
  }

  /** Without a subject where the object concerns nobody that is known. */
  weakness(control: string, object: string, message: string, at: Place, subject?: Subject): void {
    if (!this.#isNew('weakness', control, object, message, subject)) return;
    this.#sink.observe({
      kind: 'weakness',
      control,
      ...(subject && { subject }),
      object,
      message,
      source: this.sourceAt(at),
    });
  }

  sourceAt({ resource, path }: Place): Source {
    return resource.sourceAt(this.#mesh, path);
  }

  #isNew(...parts: unknown[]): boolean {
    const key = JSON.stringify(parts);
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    return true;
  }
}
