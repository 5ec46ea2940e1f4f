import type { JoinToken, JoinTokenStore } from '../index.ts';

/** Join tokens that end with the process. */
export function memoryJoinTokens(): JoinTokenStore {
  const records = new Map<string, JoinToken>();
  return {
    add: async (record) => {
      records.set(record.id, record);
    },
    change: async (id, step) => {
      const { record, shown } = step(records.get(id));
      records.set(id, record);
      return shown;
    },
    removeExpired: async (before) => {
      const over = [...records.values()].filter((one) => Date.parse(one.expiresAt) < before);
      for (const { id } of over) records.delete(id);
      return over.length;
    },
  };
}
