// Who the customer is: beside a conversation, and in a list of their own.
import { IconCustomer } from '@carillon/ui';
import { lazy } from 'react';
import type { Feature } from '../../desk/feature';
import { rights } from '../../desk/feature';

export const customers: Feature = {
  name: 'customers',
  right: rights.anyone,
  places: [{ path: '/customers', label: 'nav.customers', icon: IconCustomer }],
  pages: [{ path: '/customers/:sid?', page: lazy(() => import('./customers_page')) }],
  slots: {
    customer: [lazy(() => import('./customer_panel'))],
    offer: [lazy(() => import('./offer_history'))],
    everywhere: [lazy(() => import('./pop_up'))],
  },
};
