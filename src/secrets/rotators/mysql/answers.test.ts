import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetFault } from '../../rotation/rotator.ts';
import { type Flavour, readAccount } from './authentication.ts';
import { difference, readGrant, tell } from './grants.ts';

const ACCOUNT = '`o``r TO x`@`%`';
const NO_LIMITS =
  'MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS';

describe('a line of SHOW GRANTS', () => {
  it.each([
    [`GRANT USAGE ON *.* TO ${ACCOUNT} IDENTIFIED BY PASSWORD '*00'`, []],
    [
      `GRANT PROCESS ON *.* TO ${ACCOUNT} REQUIRE SSL WITH GRANT OPTION`,
      ['PROCESS ON *.*', 'GRANT OPTION ON *.*'],
    ],
    [
      `GRANT SELECT (\`b, (\`, \`a\`), INSERT ON \`d\`.\`t ON \` TO ${ACCOUNT}`,
      ['SELECT (`b, (`) ON `d`.`t ON `', 'SELECT (`a`) ON `d`.`t ON `', 'INSERT ON `d`.`t ON `'],
    ],
    [`GRANT EXECUTE ON PROCEDURE \`d\`.\`p\` TO ${ACCOUNT}`, ['EXECUTE ON PROCEDURE `d`.`p`']],
    [`GRANT \`staff\` TO ${ACCOUNT} WITH ADMIN OPTION`, ['role `staff` WITH ADMIN OPTION']],
    [
      `GRANT \`one\`@\`%\`,\`two ON \`@\`%\` TO ${ACCOUNT}`,
      ['role `one`@`%`', 'role `two ON `@`%`'],
    ],
    [`SET DEFAULT ROLE \`staff\` FOR ${ACCOUNT}`, ['default role `staff`']],
    ['GRANT SELECT ON `d`.* TO `o`@`%`', ['GRANT SELECT ON `d`.* TO `o`@`%`']],
  ])('%s is read', (line, told) => {
    expect(readGrant(line, ACCOUNT).map(tell)).toEqual(told);
  });

  it('that is not understood is refused where it is to be copied, without what stands behind IDENTIFIED', () => {
    const grants = readGrant("REVOKE SELECT ON `mysql`.* FROM `o`@`%` IDENTIFIED BY 'x'", ACCOUNT);
    expect(() => difference(grants, [], ACCOUNT)).toThrow(
      /^A grant of this form cannot be copied: REVOKE SELECT ON `mysql`.\* FROM `o`@`%`$/,
    );
  });

  it('is a grant or a fault, whatever it is', () => {
    const pieces = fc.constantFrom(
      'GRANT ',
      ' ON ',
      ' TO ',
      ACCOUNT,
      '`',
      '``',
      '(',
      ')',
      ',',
      'X',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 200 }), (line) => {
        for (const grant of readGrant(line.join(''), ACCOUNT))
          expect(tell(grant)).toBeTypeOf('string');
      }),
    );
  });

  it('is read in time that grows with its length alone', () => {
    for (const piece of ['`', '(', 'a,', '``', ' ON ', ' TO ']) {
      readGrant(`GRANT ${piece.repeat(100_000)} TO ${ACCOUNT}`, ACCOUNT);
    }
  });
});

describe('two accounts', () => {
  it('are made equal: first taken away, then given', () => {
    const of = (...lines: string[]) =>
      lines.flatMap((line) => readGrant(`${line} TO ${ACCOUNT}`, ACCOUNT));
    expect(
      difference(of('GRANT SELECT, INSERT ON a.*'), of('GRANT SELECT, DROP ON a.*'), 'me'),
    ).toEqual(['REVOKE DROP ON a.* FROM me', 'GRANT INSERT ON a.* TO me']);
  });
});

describe('what SHOW CREATE USER says', () => {
  const rows: readonly [Flavour, string, string, string][] = [
    [
      'mariadb',
      "VIA ed25519 USING 'x' REQUIRE SSL WITH MAX_USER_CONNECTIONS 3",
      'ed25519',
      `REQUIRE SSL WITH ${NO_LIMITS} 3`,
    ],
    ['mariadb', "BY PASSWORD '*00'", 'mysql_native_password', `REQUIRE NONE WITH ${NO_LIMITS} 0`],
    [
      'mariadb',
      "VIA ed25519 USING 'x' REQUIRE ISSUER 'a\\'b' SUBJECT 'c' ACCOUNT LOCK",
      'ed25519',
      `REQUIRE ISSUER 'a\\'b' SUBJECT 'c' WITH ${NO_LIMITS} 0`,
    ],
    [
      'mysql',
      "WITH 'caching_sha2_password' AS '$A$005$ REQUIRE X509' REQUIRE NONE PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK",
      'caching_sha2_password',
      `REQUIRE NONE WITH ${NO_LIMITS} 0`,
    ],
  ];
  it.each(rows)('%s: %s', (flavour, text, plugin, limits) => {
    const account = readAccount(`CREATE USER ${ACCOUNT} IDENTIFIED ${text}`, flavour, 'orders');
    expect([account.scheme.plugin, account.limits]).toEqual([plugin, limits]);
    expect(account.isLocked).toBe(text.includes('ACCOUNT LOCK'));
  });

  it.each<[Flavour, string]>([
    ['mariadb', 'VIA unix_socket'],
    ['mariadb', "VIA ed25519 USING 'x' OR unix_socket"],
    ['mysql', "WITH 'sha256_password' AS 'x'"],
  ])('%s: %s cannot be set', (flavour, text) => {
    const read = () => readAccount(`CREATE USER ${ACCOUNT} IDENTIFIED ${text}`, flavour, 'orders');
    expect(read).toThrow(TargetFault);
    expect(read).toThrow(/which is not set here$/);
  });

  it('names the form of MySQL’s hashes: rounds, a salt of 20 characters, 43 of the digest', () => {
    const text = `CREATE USER ${ACCOUNT} IDENTIFIED WITH 'caching_sha2_password' AS 'x'`;
    const { scheme } = readAccount(text, 'mysql', 'orders');
    expect(scheme.hash('a', randomBytes)).toMatch(/^\$A\$005\$[0-o]{20}[./0-9A-Za-z]{43}$/);
  });
});
