// Classes of work, and what each takes of a worker.
import { IconChat } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const taskChannels: Feature = {
  name: 'task_channels',
  right: rights.admin,
  places: [{ path: '/admin/task-channels', label: 'task_channels.title', icon: IconChat, section: 'channels' }],
  pages: [{ path: '/admin/task-channels', page: lazy(() => import('./task_channels_page')) }],
};
