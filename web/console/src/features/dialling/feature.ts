// What may be called from here: destinations and emergency numbers, and the list of those who do not want to be called.
import { IconPhoneOff, IconPhoneOutgoing, IconSiren } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const dialling: Feature = {
  name: 'dialling',
  right: rights.admin,
  places: [
    { path: '/admin/dialling', label: 'dialling.title', icon: IconPhoneOutgoing, section: 'channels' },
    { path: '/admin/emergency', label: 'emergency.title', icon: IconSiren, section: 'channels' },
    { path: '/admin/do-not-call', label: 'do_not_call.title', icon: IconPhoneOff, section: 'channels' },
  ],
  pages: [
    { path: '/admin/dialling', page: lazy(() => import('./destinations_page')) },
    { path: '/admin/emergency', page: lazy(() => import('./emergency_page')) },
    { path: '/admin/do-not-call', page: lazy(() => import('./do_not_call_page')) },
  ],
};
