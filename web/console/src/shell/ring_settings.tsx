// How loud it rings, and whether the desktop says so too.
import { IconBell, IconBellOff, MenuChoice } from '@carillon/ui';
import { Slider } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCenter } from '../desk/hooks';
import { setPreferences, usePreferences } from '../desk/preferences';
import classes from './ring_settings.module.css';

export function RingSettings() {
  const { t } = useTranslation();
  const center = useCenter();
  const { volume, notify } = usePreferences();
  const granted = typeof Notification !== 'undefined' && Notification.permission === 'granted';
  const on = notify && granted;
  return (
    <>
      <div className={classes['ring']}>
        <span id="ring-volume">{t('ring.volume')}</span>
        <Slider
          size="sm"
          min={0}
          max={1}
          step={0.1}
          label={null}
          value={volume}
          thumbLabel={t('ring.volume')}
          onChange={(value) => setPreferences({ volume: value })}
          onChangeEnd={(value) => {
            center.chime.volume = value;
            center.chime.strike();
          }}
        />
      </div>
      <MenuChoice
        kind="checkbox"
        checked={on}
        leftSection={on ? <IconBell size={15} /> : <IconBellOff size={15} />}
        closeMenuOnClick={false}
        onClick={() => {
          if (!granted && typeof Notification !== 'undefined')
            void Notification.requestPermission().then(() => setPreferences({ notify: true }));
          else setPreferences({ notify: !notify });
        }}
      >
        {t('ring.notify')}
      </MenuChoice>
    </>
  );
}
