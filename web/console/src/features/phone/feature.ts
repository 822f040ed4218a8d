// The phone in the page, of workers and of supervisors who listen: connected while it is wanted, and the keys of a call.
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const phone: Feature = {
  name: 'phone',
  right: (me) => rights.worker(me) || rights.supervisor(me),
  slots: {
    bar: [lazy(() => import('./dialer')), lazy(() => import('./phone_control'))],
    everywhere: [lazy(() => import('./phone_holder'))],
    call: [lazy(() => import('./call_bar'))],
  },
};
