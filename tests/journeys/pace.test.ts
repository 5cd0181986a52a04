import { test } from 'vitest';
import { rateHolds } from './pace.ts';

test('one database: the rate of a relay holds over two processes', () => rateHolds('database'));
