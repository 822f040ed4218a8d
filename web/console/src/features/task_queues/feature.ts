// Who may serve what, in which order, how quickly.
import { IconInbox } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const taskQueues: Feature = {
  name: 'task_queues',
  right: rights.admin,
  places: [{ path: '/admin/queues', label: 'task_queues.title', icon: IconInbox, section: 'routing' }],
  pages: [{ path: '/admin/queues', page: lazy(() => import('./task_queues_page')) }],
};
