import { describe } from 'vitest';
import type { AuditLog } from '../audit-log.ts';
import type { DocumentStore } from '../document.ts';
import type { EstateStore } from '../store.ts';
import { auditLogContract } from './contract/audit-log.ts';
import { decisionsContract } from './contract/decisions.ts';
import { documentsContract } from './contract/documents.ts';
import { factsContract } from './contract/facts.ts';
import { listsContract } from './contract/lists.ts';
import { publicationContract } from './contract/publication.ts';
import { trafficContract } from './contract/traffic.ts';

/** A store under test: each `open` gives an empty one, and `reopen` closes it and opens it again. */
export interface StoreFixture {
  open(): Promise<EstateStore & DocumentStore & AuditLog>;
  reopen(store: EstateStore): Promise<EstateStore & DocumentStore & AuditLog>;
}

/** What every store must do; each adapter's test runs it. */
export function storeContract(fixture: StoreFixture): void {
  describe('facts', () => factsContract(fixture));
  describe('traffic', () => trafficContract(fixture));
  describe('decisions', () => decisionsContract(fixture));
  describe('documents', () => documentsContract(fixture));
  describe('the audit log', () => auditLogContract(fixture));
  describe('publication', () => publicationContract(fixture));
  describe('lists', () => listsContract(fixture));
}
