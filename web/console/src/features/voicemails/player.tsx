// The sound of a message, fetched when it is asked for: each listening is written down.
import { useProblemWords } from '@carillon/ui';
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCenter, useForget } from '../../desk/hooks';

// `onHeard`: told once its sound is here.
export function Player({ sid, onHeard }: { readonly sid: string; readonly onHeard?: () => void }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const words = useProblemWords();
  const forget = useForget();
  const [sound, setSound] = useState('');
  const [fault, setFault] = useState('');
  useEffect(() => () => URL.revokeObjectURL(sound), [sound]);
  const listen = async () => {
    const answer = await rest.listenToMessage(sid);
    if (!answer.ok) return setFault(words(answer.problem));
    setSound(URL.createObjectURL(answer.value));
    onHeard?.();
    forget('/voicemails');
  };
  if (sound) return <audio controls autoPlay src={sound} aria-label={t('voicemail.message')} />;
  return (
    <>
      <Button variant="default" size="xs" onClick={() => void listen()}>
        {t('voicemail.listen')}
      </Button>
      {fault && <p role="alert">{fault}</p>}
    </>
  );
}
