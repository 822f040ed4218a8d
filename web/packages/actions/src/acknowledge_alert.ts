// "Seen, I care for it."
import type { Action } from './action';

export const acknowledgeAlert: Action<{ readonly alert: string }> = {
  name: 'alert.acknowledge',
  label: 'action.acknowledge_alert',
  allowed: () => true,
  perform: ({ rest }, { alert }) => rest.post('/alerts/{sid}/acknowledge', { path: { sid: alert } }),
};
