// A recording with its shape: the customer above, the agent below. The sound is fetched when it is asked for: each listening is
// written down.
import type { Schemas } from '@carillon/contract';
import { When, measureOf, useProblemWords } from '@carillon/ui';
import { Button } from '@mantine/core';
import type { PointerEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { rights } from '../../desk/feature';
import { HoldButton } from '../../desk/hold_dialog';
import { useCenter, useMe } from '../../desk/hooks';
import type { Wave } from './lines';
import { waveOf } from './lines';
import classes from './recording_player.module.css';

const kPieces = 400;

export function RecordingPlayer({ recording }: { readonly recording: Schemas['Recording'] }) {
  const { t, i18n } = useTranslation();
  const { rest } = useCenter();
  const words = useProblemWords();
  const me = useMe();
  const [sound, setSound] = useState('');
  const [wave, setWave] = useState<Wave | null>(null);
  const [fault, setFault] = useState('');
  useEffect(() => () => URL.revokeObjectURL(sound), [sound]);
  const listen = async () => {
    const answer = await rest.listen(recording.sid);
    if (!answer.ok) return setFault(words(answer.problem));
    setWave(waveOf(await answer.value.arrayBuffer(), kPieces));
    setSound(URL.createObjectURL(answer.value));
  };
  const there = recording.deleted_at === null && recording.ended_at !== null;
  return (
    <div className={classes['recording']}>
      <small>
        <When at={recording.started_at} /> ·{' '}
        {recording.deleted_at !== null
          ? t('contact.recording_deleted')
          : recording.ended_at === null
            ? t('contact.recording_made')
            : measureOf(recording.length_s, i18n.language)}
        {recording.ended_at !== null && !recording.whole && ` · ${t('contact.recording_part')}`}
      </small>
      {sound && <Player sound={sound} wave={wave} />}
      {!sound && there && (
        <Button variant="default" size="xs" onClick={() => void listen()}>
          {t('contact.listen')}
        </Button>
      )}
      {rights.admin(me) && recording.deleted_at === null && <HoldButton what={{ recording_sid: recording.sid }} />}
      {fault && <p role="alert">{fault}</p>}
    </div>
  );
}

function Player({ sound, wave }: { readonly sound: string; readonly wave: Wave | null }) {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const seek = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (audio.current && wave) audio.current.currentTime = ((event.clientX - box.left) / box.width) * wave.seconds;
  };
  return (
    <>
      {wave && (
        <div className={classes['wave']}>
          <span>{t('evidence.customer')}</span>
          <span>{t('evidence.agent')}</span>
          <svg viewBox={`0 0 ${kPieces} 80`} preserveAspectRatio="none" aria-hidden onPointerDown={seek}>
            {wave.channels.slice(0, 2).map((shape, channel) => (
              <path key={channel} data-channel={channel} d={shapePath(shape, channel === 0 ? 20 : 60)} />
            ))}
            <line
              x1={(at / Math.max(wave.seconds, 0.001)) * kPieces}
              x2={(at / Math.max(wave.seconds, 0.001)) * kPieces}
              y1={0}
              y2={80}
            />
          </svg>
        </div>
      )}
      <audio
        ref={audio}
        controls
        autoPlay
        src={sound}
        aria-label={t('contact.recording')}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
      />
    </>
  );
}

// Up and down from the middle; the square root lets quiet words be seen.
function shapePath(shape: readonly number[], middle: number): string {
  const tall = (loud: number) => Math.max(0.4, Math.sqrt(loud) * 19);
  return shape
    .map((loud, x) => `M${x + 0.5} ${(middle - tall(loud)).toFixed(1)}V${(middle + tall(loud)).toFixed(1)}`)
    .join('');
}
