import { describe, expect, it } from 'vitest';
import type { PopGiven } from './pop_url';
import { asksForCustomer, fillPopUrl } from './pop_url';

const given = {
  task: {
    sid: 'WT1',
    contact_sid: 'CT1',
    conversation_sid: 'CH1',
    customer_sid: 'CU1',
    task_queue_friendly_name: 'Sales & Co',
    attributes: { order: 'A/1 ?x=&', tags: ['a', 'b'], left: null },
  },
  customer: {
    sid: 'CU1',
    display_name: 'Zoë "Z" O’Neil',
    attributes: { tier: 3 },
    identities: [{ sid: 'ID1', type: 'phone', value: '+4930', verified: true, created_at: '' }],
  },
  call: { sid: 'CA1', from: '+491701', from_name: null, to: 'shop' },
  channel: 'voice',
  agent: 'Alice',
} as unknown as PopGiven;

describe('fillPopUrl', () => {
  it('fills in what is known and leaves the rest empty', () => {
    expect(
      fillPopUrl('https://crm.example/c/{customer.sid}?p={call.from}&m={customer.email}&n={call.from_name}', given),
    ).toBe('https://crm.example/c/CU1?p=%2B491701&m=&n=');
    expect(
      fillPopUrl(
        'https://crm.example/?q={queue.name}&t={customer.attributes.tier}&a={agent.name}&c={contact.channel}',
        given,
      ),
    ).toBe('https://crm.example/?q=Sales%20%26%20Co&t=3&a=Alice&c=voice');
    expect(fillPopUrl('https://crm.example/{contact.attributes.tags}{contact.attributes.left}', given)).toBe(
      'https://crm.example/%5B%22a%22%2C%22b%22%5D',
    );
  });
  it('lets nothing a customer says reach beyond its place', () => {
    expect(fillPopUrl('https://crm.example/{contact.attributes.order}?n={customer.name}', given)).toBe(
      'https://crm.example/A%2F1%20%3Fx%3D%26?n=Zo%C3%AB%20%22Z%22%20O%E2%80%99Neil',
    );
  });
  it('opens nothing but web pages', () => {
    for (const bad of ['javascript:alert(1)', 'http://crm.example/', '//crm.example', 'file:///etc/passwd', 'crm']) {
      expect(fillPopUrl(bad, given)).toBeNull();
    }
    expect(fillPopUrl('http://localhost:9100/{task.sid}', given)).toBe('http://localhost:9100/WT1');
  });
  it('says whether it needs to know the customer', () => {
    expect(asksForCustomer('https://a.example/{customer.name}')).toBe(true);
    expect(asksForCustomer('https://a.example/{call.from}')).toBe(false);
  });
});
