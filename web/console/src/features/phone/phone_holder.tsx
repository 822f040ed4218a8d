// Keeps the phone as it is wanted, opens the microphone while one is in a call, and plays what comes.
import { ownLeg, speaks } from '@carillon/state';
import { useEffect, useRef } from 'react';
import { useCenter, useLive, useMe, usePhone } from '../../desk/hooks';
import { preferences, usePreferences } from '../../desk/preferences';
import { heldElsewhere, hold } from './held';

export default function PhoneHolder() {
  const { phone } = useCenter();
  const me = useMe();
  const user = me.user?.sid ?? null;
  // A supervisor who is no worker has a phone too.
  const worker = me.worker?.sid ?? user ?? '';
  const { phase, remote } = usePhone();
  const { speaker } = usePreferences();
  const leg = useLive((live) => ownLeg(live, user));
  const sound = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    // As it was when one was here last.
    const { phone: wanted, microphone } = preferences();
    if (!wanted || phone.get().phase !== 'off') return;
    void heldElsewhere(worker).then((elsewhere) => {
      if (phone.get().phase !== 'off') return;
      if (elsewhere) phone.elsewhere();
      else void phone.connect(microphone);
    });
  }, [phone, worker]);
  const here = phase === 'connecting' || phase === 'ready' || phase === 'waiting';
  useEffect(() => (here ? hold(worker) : undefined), [here, worker]);
  const open = speaks(leg);
  useEffect(() => phone.speak(open), [phone, open]);
  useEffect(() => (sound.current ? play(sound.current, remote) : undefined), [remote]);
  useEffect(() => {
    void (sound.current as { setSinkId?: (id: string) => Promise<void> } | null)?.setSinkId?.(speaker).catch(() => {
      // A device that is not plugged in: the system's speaker serves.
    });
  }, [speaker]);
  useLeaving(phase === 'ready' && leg !== null);
  return <audio ref={sound} autoPlay />;
}

// A browser may want to see a person first; then the next thing they do is enough.
function play(element: HTMLAudioElement, stream: MediaStream | null): () => void {
  element.srcObject = stream;
  const start = () => void element.play().catch(() => undefined);
  if (stream) {
    void element.play().catch(() => {
      addEventListener('pointerdown', start, { once: true });
      addEventListener('keydown', start, { once: true });
    });
  }
  return () => {
    removeEventListener('pointerdown', start);
    removeEventListener('keydown', start);
  };
}

// Closing the page in the middle of a call is seldom meant.
function useLeaving(inCall: boolean): void {
  useEffect(() => {
    if (!inCall) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [inCall]);
}
