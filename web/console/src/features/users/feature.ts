// People and their roles.
import { IconPeople } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const users: Feature = {
  name: 'users',
  right: rights.admin,
  places: [{ path: '/admin/people', label: 'users.title', icon: IconPeople, section: 'people' }],
  pages: [{ path: '/admin/people', page: lazy(() => import('./users_page')) }],
};
