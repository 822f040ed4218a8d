// Write something down about a customer, or about this contact.
import type { Action } from './action';

export const addNote: Action<{
  readonly text: string;
  readonly customer?: string | undefined;
  readonly contact?: string | undefined;
}> = {
  name: 'note.add',
  label: 'action.add_note',
  allowed: (_, { text, customer, contact }) => text.trim() !== '' && Boolean(customer ?? contact),
  perform: ({ rest }, { text, customer, contact }) =>
    rest.post('/notes', {
      body: {
        text: text.trim(),
        ...(customer ? { customer_sid: customer } : {}),
        ...(contact ? { contact_sid: contact } : {}),
      },
    }),
};
