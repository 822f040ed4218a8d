// Hear yourself: some seconds are recorded and played back. Asked for before the first call; later it is there for who wonders.
import type { Measures, SampleState } from '@carillon/softphone';
import { Sample } from '@carillon/softphone';
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { setPreferences, usePreferences } from '../../desk/preferences';
import classes from './phone_control.module.css';

const kSampleMs = 5000;

export function SoundCheck({ microphone }: { readonly microphone: MediaStream }) {
  const { t } = useTranslation();
  const { speaker, soundChecked } = usePreferences();
  const [state, setState] = useState<SampleState | 'idle' | 'unheard'>('idle');
  const sample = useRef<Sample | null>(null);
  useEffect(() => () => sample.current?.close(), [microphone]);
  const begin = () => {
    sample.current?.close();
    sample.current = new Sample(microphone, speaker, kSampleMs, setState);
    sample.current.begin();
  };
  const answer = (heard: boolean) => {
    sample.current?.close();
    setState(heard ? 'idle' : 'unheard');
    if (heard) setPreferences({ soundChecked: true });
  };
  const busy = state === 'recording' || state === 'playing';
  return (
    <section className={classes['check']} data-first={!soundChecked || undefined} aria-label={t('sound_check.title')}>
      <p className={classes['title']}>{t(soundChecked ? 'sound_check.title' : 'sound_check.first')}</p>
      <p className={classes['about']} role="status">
        {t(`sound_check.${state}`)}
      </p>
      <div className={classes['buttons']}>
        {state === 'done' ? (
          <>
            <Button size="xs" onClick={() => answer(true)}>
              {t('sound_check.heard')}
            </Button>
            <Button size="xs" variant="default" onClick={() => answer(false)}>
              {t('sound_check.not_heard')}
            </Button>
          </>
        ) : (
          <Button size="xs" variant={soundChecked ? 'default' : 'filled'} loading={busy} onClick={begin}>
            {t(state === 'unheard' || state === 'failed' ? 'phone.again' : 'sound_check.begin')}
          </Button>
        )}
      </div>
    </section>
  );
}

// For who is asked "how is your line?".
export function LineMeasures({ measures }: { readonly measures: Measures | null }) {
  const { t } = useTranslation();
  if (!measures) return null;
  const shown = [
    ['loss', `${measures.lossPercent} %`],
    ['jitter', `${measures.jitterMs} ms`],
    ['round_trip', `${measures.roundTripMs} ms`],
  ] as const;
  return (
    <dl className={classes['measures']}>
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`line.${name}`)}</dt>
          <dd dir="ltr">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
