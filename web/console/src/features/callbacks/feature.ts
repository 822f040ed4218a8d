// Who is to be called back: for those who look after all of it.
import { IconPhoneOutgoing } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const callbacks: Feature = {
  name: 'callbacks',
  right: rights.supervisor,
  places: [{ path: '/callbacks', label: 'callback.title', icon: IconPhoneOutgoing }],
  pages: [{ path: '/callbacks', page: lazy(() => import('./callbacks_page')) }],
};
