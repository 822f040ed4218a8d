// Begin, pause, go on with or stop the recording of a call.
import type { Schemas } from '@carillon/contract';
import { callOfTask } from '@carillon/state';
import type { Action } from './action';

export const recordCall: Action<{ readonly task: string; readonly recording: Schemas['RecordingState'] }> = {
  name: 'call.record',
  label: 'action.record_call',
  allowed: (live, { task, recording }) => {
    const call = callOfTask(live, task);
    if (call?.own.status !== 'connected' || call.call.recording === recording) return false;
    // Begin and stop are the agent's where the number says so; pausing always is.
    const begins = call.call.recording === 'off';
    const free = call.call.recording_policy === 'agent_may';
    return recording === 'paused' ? !begins : recording === 'on' && !begins ? true : free;
  },
  perform: ({ rest, store }, { task, recording }) =>
    rest.post('/calls/{sid}/recording', {
      path: { sid: callOfTask(store.get(), task)?.call.sid ?? '' },
      body: { recording },
    }),
  from: (live, { item }) => {
    const call = item && callOfTask(live, item.task.sid);
    if (!call || (call.call.recording === 'off' && call.call.recording_policy !== 'agent_may')) return null;
    return { task: item.task.sid, recording: call.call.recording === 'on' ? 'paused' : 'on' };
  },
};
