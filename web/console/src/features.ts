// The explicit list of features. A feature is a folder in features/ and a line here; deleting it is deleting both.
import type { Feature } from './desk/feature';
import { contacts } from './features/contacts/feature';
import { conversations } from './features/conversations/feature';
import { customers } from './features/customers/feature';
import { presence } from './features/presence/feature';
import { routing } from './features/routing/feature';

export const kFeatures: readonly Feature[] = [conversations, routing, contacts, customers, presence];
