import { expect, it } from 'vitest';
import { addressesIn } from './addresses';

it('takes lines, commas and what a spreadsheet puts between cells, each number once', () => {
  expect(addressesIn('+49 30 123\n+49 30 123\r\n +1 555;sip:a@b\t+44 20, ')).toEqual([
    '+49 30 123',
    '+1 555',
    'sip:a@b',
    '+44 20',
  ]);
  expect(addressesIn(' \n,')).toEqual([]);
});
it('stops where the server does', () => {
  expect(addressesIn(Array.from({ length: 1500 }, (_, i) => `+49${i}`).join('\n'))).toHaveLength(1000);
});
