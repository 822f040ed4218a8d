// Who is routed to: skills, capacity.
import { IconCustomer } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const workers: Feature = {
  name: 'workers',
  right: rights.admin,
  places: [{ path: '/admin/workers', label: 'workers.title', icon: IconCustomer, section: 'people' }],
  pages: [{ path: '/admin/workers', page: lazy(() => import('./workers_page')) }],
};
