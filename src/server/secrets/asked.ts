import { Fault, quote } from '../../base/fault.ts';
import type { EstateStore } from '../../estate/index.ts';
import type {
  GivenSecret,
  Label,
  SecretKeeping,
  SecretMetadata,
  SecretReading,
} from '../../secrets/keeping/index.ts';
import type { RotationPlan, SecretValue } from '../../secrets/model/index.ts';
import type { Asking, Deliver, Rotators } from '../../secrets/rotation/index.ts';
import { checkPlan } from './plans.ts';
import type { ServerVault } from './vault.ts';

/** How a secret begins, beside what is said of it. */
export interface Beginning {
  /** Its service need not be in the estate. */
  readonly isNewService: boolean;
  readonly plan: RotationPlan | undefined;
}

/** What is asked of secrets that takes more than who keeps them. */
export interface Asked {
  /** One as it stands in the store.
   *  @throws {Fault} `secrets/secret-not-found` */
  find(id: string): Promise<SecretMetadata>;
  /** @throws {Fault} `secrets/service-not-found`, `secrets/plan-invalid`, and those of `SecretKeeping.create` */
  create(given: GivenSecret, beginning: Beginning, by: Asking): Promise<SecretMetadata>;
  put(id: string, value: SecretValue, by: Asking, expiresAt: string | null): Promise<unknown>;
  read(id: string, label: Label | number, by: Asking): Promise<SecretReading>;
  /** @throws {Fault} `secrets/plan-invalid`, and those of `SecretKeeping.plan` */
  plan(id: string, plan: RotationPlan | null, by: Asking): Promise<unknown>;
}

interface AskedParts {
  readonly store: Pick<EstateStore, 'services'>;
  readonly keeping: SecretKeeping;
  readonly vault: ServerVault;
  readonly rotators: Rotators;
  readonly deliver?: Deliver;
}

export function askingOf({ store, keeping, vault, rotators, deliver }: AskedParts): Asked {
  const find = async (id: string): Promise<SecretMetadata> => {
    await keeping.read(id);
    return keeping.get(id) ?? raise(noSecret(id));
  };
  const check = (id: string, plan: RotationPlan) =>
    checkPlan(id, plan, {
      rotators,
      delivers: deliver !== undefined,
      isKnown: async (other) => (await keeping.read(other)) !== undefined,
    });
  return {
    find,
    create: async (given, { isNewService, plan }, by) => {
      if (!isNewService) await checkService(store, given.service);
      if (plan) await check(`${given.service}/${given.name}`, plan);
      return vault.retried(() => keeping.create(given, by, plan));
    },
    put: (id, value, by, expiresAt) => vault.retried(() => keeping.put(id, value, by, expiresAt)),
    read: (id, label, by) => vault.retried(() => keeping.value(id, label, by)),
    plan: async (id, plan, by) => {
      if (plan) await check(id, plan);
      return keeping.plan(id, plan, by);
    },
  };
}

async function checkService(store: Pick<EstateStore, 'services'>, id: string): Promise<void> {
  const { total } = await store.services({ limit: 1, filter: { id } });
  if (total > 0) return;
  throw new Fault('secrets/service-not-found', `The estate has no service ${quote(id, 200)}`, {
    hint: '`reeve services` lists them; of one that is to come, say that it is new (`--new-service`, `isNewService`)',
  });
}

const noSecret = (id: string) =>
  new Fault('secrets/secret-not-found', `There is no secret ${quote(id, 120)}`, {
    hint: 'list the secrets; its name is behind that of its service',
  });

function raise(fault: Fault): never {
  throw fault;
}
