// Clocks: how long since, how long until. They count by the server's time, which the page learns from the stream.
import { createContext, useContext, useEffect, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import { agoOf, clockOf, dateTimeOf, onBeat, whenOf } from '../time';

export const ServerClock = createContext<() => number>(Date.now);

// The server's time, once a second.
export function useNow(): number {
  const [, beat] = useReducer((n: number) => n + 1, 0);
  useEffect(() => onBeat(beat), []);
  return useContext(ServerClock)();
}

export function secondsSince(iso: string, now: number): number {
  return Math.max(0, (now - Date.parse(iso)) / 1000);
}

export function Elapsed({ since, className }: { readonly since: string; readonly className?: string }) {
  const now = useNow();
  const { i18n } = useTranslation();
  return (
    <time className={className} dateTime={since} title={dateTimeOf(since, i18n.language)}>
      {agoOf(secondsSince(since, now), i18n.language)}
    </time>
  );
}

export function Countdown({ until, className }: { readonly until: string; readonly className?: string }) {
  const now = useNow();
  const left = (Date.parse(until) - now) / 1000;
  return (
    <time className={className} dateTime={until}>
      {left < 0 ? `−${clockOf(-left)}` : clockOf(Math.round(left))}
    </time>
  );
}

// Today as a time, earlier with its day; the whole of it on hovering.
export function When({ at, className }: { readonly at: string; readonly className?: string }) {
  const now = useContext(ServerClock)();
  const { i18n } = useTranslation();
  return (
    <time className={className} dateTime={at} title={dateTimeOf(at, i18n.language)}>
      {whenOf(at, i18n.language, now)}
    </time>
  );
}
