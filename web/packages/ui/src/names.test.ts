// Goal: what programs call things and say reads as people write. Method: names and messages as they come.
import { describe, expect, it } from 'vitest';
import { sentenceOf, titleOf } from './names';

describe('titleOf', () => {
  it('parts words and begins with a capital', () => {
    expect(['topic', 'order_number', 'orderNumber', 'vip-level', 'URL', ''].map(titleOf)).toEqual([
      'Topic',
      'Order number',
      'Order Number',
      'Vip level',
      'URL',
      '',
    ]);
  });
});

describe('sentenceOf', () => {
  it('begins with a capital, ends with a stop, and says nothing twice', () => {
    expect(
      sentenceOf({ message: 'column 12: found a text without an end, expected a closing', expected: 'a closing' }),
    ).toBe('Found a text without an end, expected a closing.');
    expect(sentenceOf({ message: '/document/task_routing/x: found no task queue', expected: 'the sid of one' })).toBe(
      'Found no task queue (the sid of one)',
    );
    expect(sentenceOf({ message: 'it is in use', expected: '' })).toBe('It is in use.');
  });
});
