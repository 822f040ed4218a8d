// History: what was, with filters, down to a contact's evidence.
import { IconHistory } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const contacts: Feature = {
  name: 'contacts',
  right: rights.anyone,
  places: [{ path: '/history', label: 'nav.history', icon: IconHistory }],
  pages: [
    { path: '/history', page: lazy(() => import('./history')) },
    { path: '/history/:sid', page: lazy(() => import('./contact_page')) },
  ],
};
