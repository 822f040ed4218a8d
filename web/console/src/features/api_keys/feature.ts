// Credentials of programs.
import { IconKey } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const apiKeys: Feature = {
  name: 'api_keys',
  right: rights.admin,
  places: [{ path: '/admin/api-keys', label: 'api_keys.title', icon: IconKey, section: 'system' }],
  pages: [{ path: '/admin/api-keys', page: lazy(() => import('./api_keys_page')) }],
};
