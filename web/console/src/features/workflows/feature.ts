// How work finds its queue.
import { IconRoute } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const workflows: Feature = {
  name: 'workflows',
  right: rights.admin,
  places: [{ path: '/admin/workflows', label: 'workflows.title', icon: IconRoute, section: 'routing' }],
  pages: [{ path: '/admin/workflows', page: lazy(() => import('./workflows_page')) }],
};
