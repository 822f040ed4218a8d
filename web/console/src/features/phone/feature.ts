// The worker's phone in the page: connected while it is wanted, and the keys of a call.
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const phone: Feature = {
  name: 'phone',
  right: rights.worker,
  slots: {
    bar: [lazy(() => import('./phone_control'))],
    everywhere: [lazy(() => import('./phone_holder'))],
    call: [lazy(() => import('./call_bar'))],
  },
};
