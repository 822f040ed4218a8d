// The supervisor's view: queues and agents live, the day's numbers, and why nobody rings.
import { IconLive } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const routing: Feature = {
  name: 'routing',
  right: rights.supervisor,
  places: [{ path: '/live', label: 'nav.live', icon: IconLive }],
  pages: [{ path: '/live', page: lazy(() => import('./live_page')) }],
};
