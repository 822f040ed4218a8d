// What may come of a contact.
import { IconCheck } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const dispositions: Feature = {
  name: 'dispositions',
  right: rights.admin,
  places: [{ path: '/admin/dispositions', label: 'dispositions.title', icon: IconCheck, section: 'routing' }],
  pages: [{ path: '/admin/dispositions', page: lazy(() => import('./dispositions_page')) }],
};
