// Legal holds: sound that nothing deletes while they stand.
import { IconGavel } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const legalHolds: Feature = {
  name: 'legal_holds',
  right: rights.admin,
  places: [{ path: '/admin/legal-holds', label: 'legal_holds.title', icon: IconGavel, section: 'system' }],
  pages: [{ path: '/admin/legal-holds', page: lazy(() => import('./legal_holds_page')) }],
};
