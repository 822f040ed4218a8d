// How loud it rings, and whether the desktop says so too.
import { Modal, Slider, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCenter } from '../desk/hooks';
import { setPreferences, usePreferences } from '../desk/preferences';
import classes from './ring_settings.module.css';

export function RingSettings({ close }: { readonly close: () => void }) {
  const { t } = useTranslation();
  const center = useCenter();
  const { volume, notify } = usePreferences();
  const able = typeof Notification !== 'undefined';
  const granted = able && Notification.permission === 'granted';
  const refused = able && Notification.permission === 'denied';
  const change = (on: boolean) => {
    if (!on || granted) return setPreferences({ notify: on });
    void Notification.requestPermission().then((answer) => setPreferences({ notify: answer === 'granted' }));
  };
  return (
    <Modal opened onClose={close} title={t('ring.title')}>
      <div className={classes['rows']}>
        <div>
          <Text size="sm" fw={500} id="ring-volume" mb={6}>
            {t('ring.volume')}
          </Text>
          <Slider
            min={0}
            max={1}
            step={0.1}
            label={null}
            value={volume}
            thumbProps={{ 'aria-label': t('ring.volume') }}
            onChange={(value) => setPreferences({ volume: value })}
            onChangeEnd={(value) => {
              center.chime.volume = value;
              center.chime.strike();
            }}
          />
        </div>
        <Switch
          label={t('ring.notify')}
          description={t(refused ? 'ring.refused' : 'ring.notify_about')}
          checked={notify && granted}
          disabled={!able || refused}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      </div>
    </Modal>
  );
}
