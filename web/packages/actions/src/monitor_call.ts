// A supervisor comes into a call to listen, whisper or barge in, does another of these, or leaves.
import type { Schemas } from '@carillon/contract';
import type { Action } from './action';

export const monitorCall: Action<{ readonly call: string; readonly mode: Schemas['MonitorCall']['mode'] }> = {
  name: 'call.monitor',
  label: 'action.monitor_call',
  allowed: (live, { call: sid }) => {
    const call = live.calls[sid];
    return call !== undefined && (call.status === 'queued' || call.status === 'talking');
  },
  perform: ({ rest }, { call, mode }) => rest.post('/calls/{sid}/monitor', { path: { sid: call }, body: { mode } }),
};
