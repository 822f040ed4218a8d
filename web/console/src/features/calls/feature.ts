// Calls that go on, for those who look after all of them: who talks with whom, and a way in.
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const calls: Feature = {
  name: 'calls',
  right: rights.supervisor,
  slots: {
    live: [lazy(() => import('./live_calls'))],
    banner: [lazy(() => import('./help_banner')), lazy(() => import('./monitoring_banner'))],
  },
};
