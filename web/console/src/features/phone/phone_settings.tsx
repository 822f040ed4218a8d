// Which microphone and speaker, and whether one is heard at all.
import { Meter } from '@carillon/softphone';
import { Select } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCenter } from '../../desk/hooks';
import { setPreferences, usePreferences } from '../../desk/preferences';
import classes from './phone_control.module.css';

const kFrameMs = 60;

export function PhoneSettings({ microphone }: { readonly microphone: MediaStream }) {
  const { t } = useTranslation();
  const { phone } = useCenter();
  const chosen = usePreferences();
  const devices = useDevices();
  const listed = (kind: MediaDeviceKind) => [
    { value: '', label: t('phone.system_choice') },
    ...devices
      .filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'default')
      .map((device, i) => ({ value: device.deviceId, label: device.label || t('phone.device', { number: i + 1 }) })),
  ];
  const speakers = listed('audiooutput');
  const canChoose = 'setSinkId' in HTMLMediaElement.prototype && speakers.length > 1;
  return (
    <div className={classes['settings']}>
      <Select
        label={t('phone.microphone')}
        data={listed('audioinput')}
        value={chosen.microphone}
        onChange={(value) => {
          setPreferences({ microphone: value ?? '' });
          void phone.useDevice(value ?? '');
        }}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      <Level microphone={microphone} />
      {canChoose && (
        <Select
          label={t('phone.speaker')}
          data={speakers}
          value={chosen.speaker}
          onChange={(value) => setPreferences({ speaker: value ?? '' })}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
      )}
    </div>
  );
}

function useDevices(): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!media) return;
    const look = () => void media.enumerateDevices().then(setDevices);
    look();
    media.addEventListener('devicechange', look);
    return () => media.removeEventListener('devicechange', look);
  }, []);
  return devices;
}

// A bar that moves when one speaks.
function Level({ microphone }: { readonly microphone: MediaStream }) {
  const { t } = useTranslation();
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (typeof AudioContext === 'undefined') return;
    const meter = new Meter(microphone);
    const timer = setInterval(() => bar.current?.style.setProperty('--level', meter.level().toFixed(2)), kFrameMs);
    return () => {
      clearInterval(timer);
      meter.close();
    };
  }, [microphone]);
  return (
    <div>
      <span className={classes['level']} ref={bar} aria-hidden />
      <p className={classes['about']}>{t('phone.level_about')}</p>
    </div>
  );
}
