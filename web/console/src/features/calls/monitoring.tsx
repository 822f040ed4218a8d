// The way into a call: listen, whisper to its agents, barge in; and out again. The phone is connected first, where it is not.
import { monitorCall } from '@carillon/actions';
import type { Schemas } from '@carillon/contract';
import type { Softphone } from '@carillon/softphone';
import { monitoredBy } from '@carillon/state';
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAct, useBusy, useCenter, useLive, useMe } from '../../desk/hooks';
import { preferences, setPreferences } from '../../desk/preferences';
import classes from './monitoring.module.css';

export type Mode = Schemas['Monitoring'];
export const kModes: readonly Mode[] = ['listen', 'whisper', 'barge'];

// The browser may ask a person first.
const kPatienceMs = 30_000;

// Whether there is sound by then.
function ready(phone: Softphone): Promise<boolean> {
  const is = () => phone.get().phase;
  if (is() === 'ready') return Promise.resolve(true);
  if (is() === 'off' || is() === 'refused' || is() === 'replaced') {
    setPreferences({ phone: true });
    void phone.connect(preferences().microphone);
  }
  return new Promise((done) => {
    const limit = setTimeout(() => finish(false), kPatienceMs);
    const stop = phone.subscribe(() => {
      if (is() === 'ready') finish(true);
      else if (is() === 'refused') finish(false);
    });
    function finish(there: boolean): void {
      clearTimeout(limit);
      stop();
      done(there);
    }
  });
}

export function useMonitor(): { readonly busy: boolean; readonly monitor: (call: string, mode: Mode | 'off') => void } {
  const { phone } = useCenter();
  const act = useAct();
  const [busy, run] = useBusy();
  const monitor = (call: string, mode: Mode | 'off') =>
    void run(async () => {
      // Why there is no sound the phone in the top bar says.
      if (mode === 'off' || (await ready(phone))) await act(monitorCall, { call, mode });
    });
  return { busy, monitor };
}

export function useMonitored(): ReturnType<typeof monitoredBy> {
  const user = useMe().user?.sid ?? null;
  const { store } = useCenter();
  useLive((live) => live.calls);
  return monitoredBy(store.get(), user);
}

// Which of the three it is now; another is one key away.
export function ModeSwitch({ call, mode }: { readonly call: string; readonly mode: Mode }) {
  const { t } = useTranslation();
  const { monitor } = useMonitor();
  return (
    <SegmentedControl
      size="xs"
      value={mode}
      onChange={(value) => monitor(call, value as Mode)}
      aria-label={t('monitoring.mode')}
      className={classes['modes'] ?? ''}
      data={kModes.map((one) => ({ value: one, label: t(`monitoring.${one}`) }))}
    />
  );
}
