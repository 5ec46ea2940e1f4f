import type { Division } from './login.ts';

/** Database servers are divided into databases. */
export const DATABASES: Division<{ readonly database: string }> = {
  called: 'database',
  member: 'database',
  of: ({ database }) => database,
};
