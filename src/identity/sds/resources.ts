import type { Entitled } from '../workload-api/index.ts';
import type { EnvoyNode } from './node.ts';

/** Something that an Envoy can be told, by its name. */
export interface Resource {
  readonly name: string;
  /** Differs where the content does; made of what is public of it. At most 64 characters. */
  readonly version: string;
  /** The message. */
  readonly body: Buffer;
  /** Whose certificate it is; absent where it is none. */
  readonly spiffeId?: string;
}

/** Resources of one type by their names, as they are for one workload at one time. */
export interface Resources {
  /** Undefined for what is not there. */
  find(name: string): Resource | undefined;
  /** What takes the place of a resource that an Envoy has and that is not there any more; undefined where Envoy cannot
   *  be made to let go of it. */
  withdrawn(name: string): Resource | undefined;
  /** Of all that who asks for no name is told. */
  readonly names: readonly string[];
}

/** The same with what is to be said of it. */
export interface OfferedResources extends Resources {
  /** Why there is none of a name: a sentence's end. */
  whyNot(name: string): string;
  /** When others are to be looked at instead though nobody has said so, in milliseconds since 1970; infinity: never. */
  readonly until: number;
  /** Trust domains whose revoked certificates Envoy takes, of what was asked for. */
  readonly unenforced: readonly string[];
}

/** What Envoys may be told beside their secrets: the port by which others have a say here. An Envoy is asked for as the
 *  workload that it is attested to be; what it says of itself counts for nothing. */
export interface DiscoverySource {
  /** `type.googleapis.com/…`, one of its own. */
  readonly typeUrl: string;
  /** What these are, for people: `secrets`. */
  readonly what: string;
  /** The service that serves them where ADS does not. */
  readonly service: {
    /** `envoy.service.extension.v3.ExtensionConfigDiscoveryService` */
    readonly name: string;
    /** Names of its methods. */
    readonly stream: string;
    readonly delta: string;
  };
  /** What a workload is told that has these SPIFFE IDs, the default one first. Asked each time that something may have
   *  changed, so it is to be cheap where nothing has. */
  resourcesFor(spiffeIds: readonly string[]): Resources;
  /** Hears of each change of anything, until what it gives is called. */
  onChange(listener: () => void): () => void;
}

/** What can be asked for on a stream: the resources of one type. */
export interface Offer {
  readonly typeUrl: string;
  readonly what: string;
  resourcesOf(entitled: Entitled, node: EnvoyNode): OfferedResources;
  onChange(listener: () => void): () => void;
}

/** What a source has, as it is offered. */
export function offerOf(source: DiscoverySource): Offer {
  const { typeUrl, what } = source;
  return {
    typeUrl,
    what,
    resourcesOf: ({ svids }) => {
      const ids = [...new Set(svids.map(({ spiffeId }) => spiffeId))];
      const resources = source.resourcesFor(ids);
      return {
        find: (name) => resources.find(name),
        withdrawn: (name) => resources.withdrawn(name),
        get names() {
          return resources.names;
        },
        whyNot: () => `the workload is entitled to those of ${ids.slice(0, MAX_TOLD).join(', ')}`,
        until: Number.POSITIVE_INFINITY,
        unenforced: [],
      };
    },
    onChange: (listener) => source.onChange(listener),
  };
}

const MAX_TOLD = 8;
