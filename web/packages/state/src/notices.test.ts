// Goal: whoever is at the other end has the right name, whichever way the call went.
import { describe, expect, it } from 'vitest';
import type { Task } from './live';
import { customerNameOf } from './notices';

const task = (attributes: Record<string, unknown>) => ({ attributes }) as unknown as Task;

describe('the name of a piece of work', () => {
  it('is the customer', () => {
    expect(customerNameOf(task({ customer_name: ' Mia Becker ', call_sid: 'CA1', from: '+4930111222' }))).toBe(
      'Mia Becker',
    );
  });

  it('is who calls, by name or number', () => {
    expect(customerNameOf(task({ call_sid: 'CA1', direction: 'inbound', from: '+4930111222', to: 'shop' }))).toBe(
      '+4930111222',
    );
    expect(customerNameOf(task({ call_sid: 'CA1', direction: 'inbound', from: '+4930111222', name: 'Carl' }))).toBe(
      'Carl',
    );
  });

  it('is who is called, not the number we show', () => {
    expect(customerNameOf(task({ call_sid: 'CA1', direction: 'outbound', from: 'shop', to: '+4930111222' }))).toBe(
      '+4930111222',
    );
  });

  it('is nobody for those who hide it and those who call from a page', () => {
    expect(customerNameOf(task({ call_sid: 'CA1', from: 'anonymous' }))).toBe('');
    expect(customerNameOf(task({ call_sid: 'CA1', from: `VI${'0'.repeat(32)}` }))).toBe('');
    expect(customerNameOf(undefined)).toBe('');
  });
});
