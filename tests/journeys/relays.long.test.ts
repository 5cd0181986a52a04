import { test } from 'vitest';
import { connectionsHold, hourHolds, limitsChangeWhileRunning, loginRefused, twoRelays } from './relays.ts';

test('full: FLUSHALL in the middle must not let more than the limit of an hour out', () => hourHolds('full'));

test('one database: the limit of an hour holds over two processes, one of which dies', () =>
  hourHolds('database'));

test('full: connections and messages a connection hold over two processes, one of which dies', () =>
  connectionsHold('full'));

test('one database: limits that are changed while a send waits hold at once', () =>
  limitsChangeWhileRunning('database'));

test('full: two relays by weight; one dies in mid-send and comes back: nobody lost, nobody twice', () =>
  twoRelays('full'));

test('one database: a relay that refuses our login is passed over, and alone it asks a person', () =>
  loginRefused('database'));
