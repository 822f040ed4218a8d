// Messages that callers left: the inbox, and the message beside the work it makes.
import { IconMail } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const voicemails: Feature = {
  name: 'voicemails',
  right: rights.anyone,
  places: [{ path: '/voicemail', label: 'voicemail.title', icon: IconMail }],
  pages: [{ path: '/voicemail', page: lazy(() => import('./voicemails_page')) }],
  slots: { call: [lazy(() => import('./message_of_work'))] },
};
