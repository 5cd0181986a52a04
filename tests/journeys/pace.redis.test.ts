import { test } from 'vitest';
import { rateHolds } from './pace.ts';

test('full: the rate of a relay holds over two processes', () => rateHolds('full'));
