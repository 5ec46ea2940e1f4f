import { EventEmitter } from 'node:events';
import {
  type IdentityParts,
  type IdentitySource,
  identityOf,
  type X509Identity,
} from '../source/index.ts';

/** A source of identities that a test or a benchmark tells what to say. */
export class MemorySource extends EventEmitter implements IdentitySource {
  identity: X509Identity | undefined;

  constructor(parts?: IdentityParts) {
    super();
    this.setMaxListeners(0);
    if (parts) this.set(parts);
  }

  /** Takes the place of all that was said before. */
  set(parts: IdentityParts): void {
    this.identity = identityOf(parts);
    this.emit('updated');
  }
}
