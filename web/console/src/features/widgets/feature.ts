// Chat on web pages.
import { IconWidget } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const widgets: Feature = {
  name: 'widgets',
  right: rights.admin,
  places: [{ path: '/admin/widgets', label: 'widgets.title', icon: IconWidget, section: 'channels' }],
  pages: [{ path: '/admin/widgets', page: lazy(() => import('./widgets_page')) }],
};
