// Evidence of a call: its SIP messages, how it sounded, why it was routed so, its recordings. Reached from the contact's page.
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const evidence: Feature = {
  name: 'evidence',
  right: rights.supervisor,
  pages: [{ path: '/calls/:sid', page: lazy(() => import('./evidence_page')) }],
};
