import { WEBHOOK_ID } from '../../authorization/admission/index.ts';
import type { Log } from '../../base/log.ts';
import { listAt, textAt } from '../../base/pick.ts';
import type { ClusterAsker } from '../clusters.ts';

export interface WebhookKeeperParts {
  /** Of the ValidatingWebhookConfiguration. */
  readonly name: string;
  readonly clusters: readonly {
    readonly name: string;
    readonly api: Pick<ClusterAsker, 'get' | 'patch'>;
  }[];
  /** The authorities that verify the webhook's certificate, PEM. */
  readonly bundle: () => string;
  readonly log: Log;
  readonly everyMs?: number;
}

const EVERY_MS = 10_000;
const ASK_MS = 10_000;
const PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** Keeps the caBundle of a webhook's configuration up to date: authorities rotate, and an API server that does not know
 *  the next one would pass the webhook over. */
export class WebhookKeeper {
  readonly #parts: WebhookKeeperParts;
  readonly #timer: NodeJS.Timeout;
  readonly #stop = new AbortController();
  readonly #failures = new Map<string, string>();
  #isKeeping = false;

  constructor(parts: WebhookKeeperParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.keep(), parts.everyMs ?? EVERY_MS).unref();
  }

  /** Writes what is not as it should be. Never rejects. */
  async keep(): Promise<void> {
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    await Promise.all(this.#parts.clusters.map((cluster) => this.#keepOne(cluster)));
    this.#isKeeping = false;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  async #keepOne({ name: cluster, api }: WebhookKeeperParts['clusters'][number]): Promise<void> {
    const { name, bundle, log } = this.#parts;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ASK_MS)]);
    const path = `${PATH}/${name}`;
    try {
      const wanted = Buffer.from(bundle(), 'utf8').toString('base64');
      const found = await api.get(path, signal);
      this.#failures.delete(cluster);
      const own = listAt(found, 'webhooks').find((one) => textAt(one, 'name') === WEBHOOK_ID);
      if (own === undefined || textAt(own, 'clientConfig', 'caBundle') === wanted) return;
      const webhooks = [{ name: WEBHOOK_ID, clientConfig: { caBundle: wanted } }];
      await api.patch(path, { webhooks }, signal);
      log.info({ cluster, webhook: name }, 'caBundle written');
    } catch (thrown) {
      if (this.#stop.signal.aborted) return;
      // told once for as long as it stays the same
      if (this.#failures.get(cluster) === String(thrown)) return;
      this.#failures.set(cluster, String(thrown));
      log.warn({ cluster, webhook: name, err: thrown }, 'caBundle cannot be kept up to date');
    }
  }
}
