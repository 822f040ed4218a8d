// The agent's workplace: what rings, what is in hand, the conversation, wrap-up.
import { IconInbox } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

const workplace = lazy(() => import('./workplace'));

export const conversations: Feature = {
  name: 'conversations',
  right: rights.worker,
  places: [{ path: '/work', label: 'nav.work', icon: IconInbox }],
  pages: [{ path: '/work/:reservation?', page: workplace }],
  slots: { everywhere: [lazy(() => import('./ringer'))] },
};
