import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as mysql from '../mysql/faults.ts';
import * as postgres from '../postgres/faults.ts';
import * as rabbitmq from '../rabbitmq/faults.ts';
import * as redis from '../redis/faults.ts';

const SECRET = 'Tr0ub4dor';
/** As drivers make them: with statements, addresses and values. */
const errorOf = (members: object) =>
  Object.assign(new Error(`ALTER ROLE x PASSWORD '${SECRET}'`), {
    detail: SECRET,
    sql: `set password = '${SECRET}'`,
    sqlMessage: SECRET,
    parameters: [SECRET],
    ...members,
  });

const rows: readonly [string, typeof postgres.faultOf, object, string][] = [
  ['PostgreSQL', postgres.faultOf, { code: '28P01' }, 'denied'],
  ['PostgreSQL', postgres.faultOf, { code: '53300' }, 'unreachable'],
  ['PostgreSQL', postgres.faultOf, { code: '57P03' }, 'unreachable'],
  ['PostgreSQL', postgres.faultOf, { code: '40P01' }, 'unreachable'],
  ['PostgreSQL', postgres.faultOf, { code: '25006' }, 'unreachable'],
  ['PostgreSQL', postgres.faultOf, { code: '3D000' }, 'changed'],
  ['PostgreSQL', postgres.faultOf, { code: '22023' }, 'refused'],
  ['PostgreSQL', postgres.faultOf, { code: '99999' }, 'denied'],
  ['PostgreSQL', postgres.faultOf, { code: 'ENOTFOUND' }, 'unreachable'],
  ['PostgreSQL', postgres.faultOf, { code: 'CERT_HAS_EXPIRED' }, 'changed'],
  ['PostgreSQL', postgres.faultOf, {}, 'unreachable'],
  ['MariaDB', mysql.faultOf, { errno: 1045 }, 'denied'],
  ['MariaDB', mysql.faultOf, { errno: 1040 }, 'unreachable'],
  ['MariaDB', mysql.faultOf, { errno: 1213 }, 'unreachable'],
  ['MariaDB', mysql.faultOf, { errno: 1819 }, 'refused'],
  ['MariaDB', mysql.faultOf, { errno: 1049 }, 'changed'],
  ['MariaDB', mysql.faultOf, { errno: 1 }, 'denied'],
  ['MariaDB', mysql.faultOf, { errno: 45_012, cause: { code: 'ECONNREFUSED' } }, 'unreachable'],
  ['MariaDB', mysql.faultOf, { errno: -111, code: 'ECONNREFUSED' }, 'unreachable'],
  ['MariaDB', mysql.faultOf, { errno: 45_023, code: 'ER_SERVER_SSL_DISABLED' }, 'invalid'],
  ['Redis', redis.faultOf, { message: `WRONGPASS ${SECRET}` }, 'denied'],
  ['Redis', redis.faultOf, { message: `NOPERM ${SECRET}` }, 'denied'],
  ['Redis', redis.faultOf, { message: `LOADING ${SECRET}` }, 'unreachable'],
  ['Redis', redis.faultOf, { message: 'ERR max number of clients reached' }, 'unreachable'],
  ['Redis', redis.faultOf, { message: `ERR unknown command '${SECRET}'` }, 'invalid'],
  ['Redis', redis.faultOf, { message: `ERR Error in ACL SETUSER '${SECRET}'` }, 'denied'],
  ['Redis', redis.faultOf, { message: `CONSTRUCTOR ${SECRET}` }, 'denied'],
  ['Redis', redis.faultOf, { message: SECRET }, 'unreachable'],
  ['Redis', redis.faultOf, { code: 'ECONNREFUSED' }, 'unreachable'],
  ['RabbitMQ', rabbitmq.faultOf, { message: SECRET }, 'unreachable'],
  ['RabbitMQ', rabbitmq.faultOf, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'changed'],
  [
    'any',
    redis.faultOf,
    { code: 'EPROTO', message: `a:wrong version number:${SECRET}` },
    'invalid',
  ],
];

const apiRows: readonly [number, unknown, string][] = [
  [401, { reason: 'Login failed' }, 'denied'],
  [401, { reason: 'Not administrator user' }, 'denied'],
  [401, { reason: SECRET }, 'denied'],
  [200, SECRET, 'changed'],
  [404, {}, 'changed'],
  [405, {}, 'invalid'],
  [400, { reason: SECRET }, 'denied'],
  [429, {}, 'unreachable'],
  [503, SECRET, 'unreachable'],
  [100, {}, 'denied'],
];

describe('an error of a driver', () => {
  it.each(rows)('of %s (%#) is told in words of our own', (_, faultOf, members, trouble) => {
    const fault = faultOf(errorOf(members), 'db.example:1', 'changing the password of orders');
    expect(fault.trouble).toBe(trouble);
    expect(fault.message).toMatch(/^db\.example:1/);
    expect(JSON.stringify([fault.message, fault.hint, fault, fault.stack])).not.toContain(SECRET);
    expect(fault.cause).toBeUndefined();
  });

  it.each(apiRows)('of the HTTP API of RabbitMQ, status %i, is too', (status, body, trouble) => {
    const error = new rabbitmq.ApiError(status, body);
    const fault = rabbitmq.faultOf(error, 'mq.example:1', 'asking');
    expect(fault.trouble).toBe(trouble);
    expect(JSON.stringify([fault.message, fault.hint, error])).not.toContain(SECRET);
    expect(rabbitmq.isRefusal(error)).toBe(status === 401 && body === apiRows[0]?.[1]);
  });

  it('is a fault, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        for (const { faultOf, isRefusal } of [mysql, postgres, rabbitmq, redis]) {
          expect(faultOf(thrown, 'a:1', 'asking').name).toBe('TargetFault');
          expect(isRefusal(thrown)).toBeTypeOf('boolean');
        }
      }),
    );
  });
});

describe('a refusal', () => {
  it.each([
    ['a wrong password', postgres.isRefusal({ code: '28P01' }), true],
    [
      'a role that may not log in',
      postgres.isRefusal({ code: '28000', routine: 'InitializeSessionUserId' }),
      true,
    ],
    [
      'an address that is not let in',
      postgres.isRefusal({ code: '28000', routine: 'ClientAuthentication' }),
      false,
    ],
    ['a server that starts', postgres.isRefusal({ code: '57P03' }), false],
    ['no connection', postgres.isRefusal({ code: 'ECONNREFUSED' }), false],
    ['a wrong password at MariaDB', mysql.isRefusal({ errno: 1045 }), true],
    ['a locked account of MariaDB', mysql.isRefusal({ errno: 4151 }), true],
    ['a locked account of MySQL', mysql.isRefusal({ errno: 3118 }), true],
    ['an address that MariaDB does not let in', mysql.isRefusal({ errno: 1130 }), false],
    ['a wrong password at Redis', redis.isRefusal(new Error('WRONGPASS no')), true],
    ['a right of Redis that is missing', redis.isRefusal(new Error('NOPERM no')), false],
    ['no connection to Redis', redis.isRefusal({ code: 'ECONNREFUSED' }), false],
    [
      'a wrong password at the API of RabbitMQ',
      rabbitmq.isRefusal(new rabbitmq.ApiError(401, { reason: 'Login failed' })),
      true,
    ],
    [
      'a right of RabbitMQ that is missing',
      rabbitmq.isRefusal(new rabbitmq.ApiError(401, { reason: 'Not management user' })),
      false,
    ],
    ['no connection to MariaDB', mysql.isRefusal({ errno: -111, code: 'ECONNREFUSED' }), false],
  ])('is what %s gives, or not', (_, is, wanted) => {
    expect(is).toBe(wanted);
  });
});
