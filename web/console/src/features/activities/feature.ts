// What a worker may be doing when not on a task.
import { IconClock } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const activities: Feature = {
  name: 'activities',
  right: rights.admin,
  places: [{ path: '/admin/activities', label: 'activities.title', icon: IconClock, section: 'routing' }],
  pages: [{ path: '/admin/activities', page: lazy(() => import('./activities_page')) }],
};
