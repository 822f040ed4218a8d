// Goal: what a program called something reads as a label. Method: the ways programs write names.
import { describe, expect, it } from 'vitest';
import { titleOf } from './names';

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
