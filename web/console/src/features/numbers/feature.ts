// Where calls come in.
import { IconPhone } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const numbers: Feature = {
  name: 'numbers',
  right: rights.admin,
  places: [{ path: '/admin/numbers', label: 'phone_numbers.title', icon: IconPhone, section: 'channels' }],
  pages: [{ path: '/admin/numbers', page: lazy(() => import('./numbers_page')) }],
};
