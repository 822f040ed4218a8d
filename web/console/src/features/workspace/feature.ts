// Settings of the whole workspace.
import { IconSettings } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const workspace: Feature = {
  name: 'workspace',
  right: rights.admin,
  places: [{ path: '/admin/workspace', label: 'workspace.title', icon: IconSettings, section: 'system' }],
  pages: [{ path: '/admin/workspace', page: lazy(() => import('./workspace_page')) }],
};
