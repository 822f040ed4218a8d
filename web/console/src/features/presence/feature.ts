// What a worker is doing when not on a task: the control in the top bar, and the way back from Not Responding.
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const presence: Feature = {
  name: 'presence',
  right: rights.worker,
  slots: {
    bar: [lazy(() => import('./activity_control'))],
    banner: [lazy(() => import('./not_responding'))],
  },
};
