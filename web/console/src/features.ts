// The explicit list of features. A feature is a folder in features/ and a line here; deleting it is deleting both.
import type { Feature } from './desk/feature';
import { activities } from './features/activities/feature';
import { apiKeys } from './features/api_keys/feature';
import { callbacks } from './features/callbacks/feature';
import { calls } from './features/calls/feature';
import { contacts } from './features/contacts/feature';
import { conversations } from './features/conversations/feature';
import { customers } from './features/customers/feature';
import { dialling } from './features/dialling/feature';
import { dispositions } from './features/dispositions/feature';
import { evidence } from './features/evidence/feature';
import { legalHolds } from './features/legal_holds/feature';
import { numbers } from './features/numbers/feature';
import { phone } from './features/phone/feature';
import { presence } from './features/presence/feature';
import { routing } from './features/routing/feature';
import { taskChannels } from './features/task_channels/feature';
import { taskQueues } from './features/task_queues/feature';
import { users } from './features/users/feature';
import { voicemails } from './features/voicemails/feature';
import { widgets } from './features/widgets/feature';
import { workers } from './features/workers/feature';
import { workflows } from './features/workflows/feature';
import { workspace } from './features/workspace/feature';

// In the order of the navigation.
export const kFeatures: readonly Feature[] = [
  conversations,
  routing,
  contacts,
  customers,
  voicemails,
  callbacks,
  evidence,
  phone,
  calls,
  presence,
  users,
  workers,
  taskQueues,
  workflows,
  activities,
  dispositions,
  taskChannels,
  numbers,
  dialling,
  widgets,
  apiKeys,
  legalHolds,
  workspace,
];
