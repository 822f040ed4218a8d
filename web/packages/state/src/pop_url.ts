// Addresses of other systems with fields of the contact: "https://crm.example/find?phone={call.from}". Which fields there are says
// the server, which refuses others (spec: PopUrl); what is not known of a contact is left empty.
import type { Schemas } from '@carillon/contract';
import type { Call, Task } from './live';

export const kPopFields = [
  'customer.sid',
  'customer.name',
  'customer.phone',
  'customer.email',
  'call.from',
  'call.from_name',
  'call.to',
  'call.sid',
  'contact.sid',
  'contact.channel',
  'conversation.sid',
  'task.sid',
  'queue.name',
  'agent.name',
] as const;

export interface PopGiven {
  readonly task: Task;
  readonly customer: Pick<Schemas['Customer'], 'sid' | 'display_name' | 'attributes' | 'identities'> | null;
  readonly call: Pick<Call, 'sid' | 'from' | 'from_name' | 'to'> | null;
  readonly channel: string;
  readonly agent: string;
}

const kAttributes = /^(customer|contact)\.attributes\.(.+)$/;

function valueOf(name: string, { task, customer, call, channel, agent }: PopGiven): unknown {
  const attribute = kAttributes.exec(name);
  if (attribute) return (attribute[1] === 'customer' ? customer?.attributes : task.attributes)?.[attribute[2] ?? ''];
  const identity = (type: string) => customer?.identities.find((one) => one.type === type)?.value;
  switch (name) {
    case 'customer.sid':
      return task.customer_sid;
    case 'customer.name':
      return customer?.display_name;
    case 'customer.phone':
      return identity('phone');
    case 'customer.email':
      return identity('email');
    case 'contact.sid':
      return task.contact_sid;
    case 'contact.channel':
      return channel;
    case 'call.sid':
      return call?.sid;
    case 'call.from':
      return call?.from;
    case 'call.from_name':
      return call?.from_name;
    case 'call.to':
      return call?.to;
    case 'conversation.sid':
      return task.conversation_sid;
    case 'task.sid':
      return task.sid;
    case 'queue.name':
      return task.task_queue_friendly_name;
    case 'agent.name':
      return agent;
    default:
      return undefined;
  }
}

// Every value is one component of the address: nothing a caller says can reach beyond its place.
export function fillPopUrl(template: string, given: PopGiven): string | null {
  const filled = template.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = valueOf(name, given);
    if (value === undefined || value === null) return '';
    return encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value as string | number));
  });
  return isSafe(filled) ? filled : null;
}

// The server has checked the template; a page that opens addresses looks once more.
function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname));
}

// Whether what it shows depends on who the customer is.
export function asksForCustomer(template: string): boolean {
  return template.includes('{customer.');
}
