import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/cli/failures.ts';
import { openPool } from '../../src/db/connection.ts';
import { isDatabaseAway, isLoginRefused } from '../../src/db/faults.ts';
import { RelayDown, RelayRefusesLogin } from '../../src/errors.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

async function failureOf(change: (url: URL) => void): Promise<Error> {
  const url = new URL(database.url);
  change(url);
  const pool = openPool(url.toString(), { max: 1, applicationName: 'test', onError: () => {} });
  const failure = await pool.query('SELECT 1').catch((error: Error) => error);
  await pool.end();
  return failure as Error;
}

describe('a failure of the database is explained with what to do, and no stack', () => {
  test('a database that is not there', async () => {
    const failure = await failureOf((url) => {
      url.pathname = '/nowhere';
    });
    expect(isDatabaseAway(failure)).toBe(false);
    expect(explain(failure)).toBe(
      'the server has no such database (database "nowhere" does not exist): create it (createdb NAME), or check the name in DATABASE_URL',
    );
  });

  test('a port that nobody listens on', async () => {
    const failure = await failureOf((url) => {
      url.port = '1';
    });
    expect(isDatabaseAway(failure)).toBe(true);
    expect(explain(failure)).toMatch(
      /^the database or the queue cannot be reached \(.*ECONNREFUSED.*\); check /,
    );
  });

  test('a user who may not come in', async () => {
    const failure = await failureOf((url) => {
      url.username = 'nobody-we-know';
    });
    expect(explain(failure)).toMatch(
      /^the database refuses the login \(.*\): check user and password in DATABASE_URL/,
    );
  });

  test.each([
    ['28P01', 'password authentication failed for user "postrider"', /^the database refuses the login/],
    [
      '42501',
      'permission denied for schema public',
      /make the user of DATABASE_URL the owner of the database$/,
    ],
    ['53100', 'could not extend file', /^the disk of the database is full/],
    ['25006', 'cannot execute INSERT in a read-only transaction', /point DATABASE_URL to the primary$/],
  ])('SQLSTATE %s', (code, message, wanted) => {
    const failure = Object.assign(new pg.DatabaseError(message, 0, 'error'), { code });
    expect(explain(failure)).toMatch(wanted);
    expect(explain(failure)).toContain(message);
  });
});

test.each([
  [
    new RelayDown('relay main (mx:25) cannot be reached: refused'),
    /refused; check host and port in SMTP_URL/,
  ],
  [
    new RelayRefusesLogin('relay main (mx:25) refuses the login: 535'),
    /535; check user, password, auth= and tls=/,
  ],
])('a relay that fails is explained without a stack', (failure, wanted) => {
  expect(explain(failure)).toMatch(wanted);
  expect(explain(failure)).not.toContain('\n');
});

describe('what comes without an SQLSTATE', () => {
  test.each([
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', /asks for a password/],
    ['The server does not support SSL connections', /sslmode/],
    ['self-signed certificate in certificate chain', /NODE_EXTRA_CA_CERTS/],
    ['WRONGPASS invalid username-password pair or user is disabled.', /REDIS_URL/],
  ])('%s: told in words, without a stack', (message, words) => {
    expect(explain(new Error(message))).toMatch(words);
    expect(explain(new Error(message))).not.toMatch(/\n\s+at /);
  });

  test('a start does not wait for ever behind a wrong database password, but for a server that is not up yet', async () => {
    const wrong = Object.assign(new Error('password authentication failed for user "p"'), { code: '28P01' });
    expect(isLoginRefused(wrong)).toBe(true);
    const away = await failureOf((url) => {
      url.port = '1';
    });
    expect(isLoginRefused(away)).toBe(false);
  });
});
