// A person wants the phone here, or does not: remembered in this browser for the next time.
import { useMemo } from 'react';
import { useCenter } from '../../desk/hooks';
import { preferences, setPreferences } from '../../desk/preferences';

export function useWish(): { readonly connect: () => void; readonly disconnect: () => void } {
  const { phone } = useCenter();
  return useMemo(
    () => ({
      connect: () => {
        setPreferences({ phone: true });
        void phone.connect(preferences().microphone);
      },
      disconnect: () => {
        setPreferences({ phone: false });
        phone.disconnect();
      },
    }),
    [phone],
  );
}
