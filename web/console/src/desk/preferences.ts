// Preferences of this browser: ring volume, desktop notifications, the phone. Looks and language have their own keys.
import { useSyncExternalStore } from 'react';

export interface Preferences {
  // 0 is silence.
  readonly volume: number;
  readonly notify: boolean;
  // The phone is wanted whenever one is signed in here.
  readonly phone: boolean;
  // Devices by the browser's ids; '': the system's choice.
  readonly microphone: string;
  readonly speaker: string;
  // Which of our numbers is shown to those who are called.
  readonly callFrom: string;
  // Somebody has heard themselves here.
  readonly soundChecked: boolean;
}

const kKey = 'carillon.preferences';
const kDefaults: Preferences = {
  volume: 0.6,
  notify: true,
  phone: false,
  microphone: '',
  speaker: '',
  callFrom: '',
  soundChecked: false,
};
const listeners = new Set<() => void>();
let current: Preferences | null = null;

export function preferences(): Preferences {
  if (current) return current;
  try {
    current = { ...kDefaults, ...(JSON.parse(localStorage.getItem(kKey) ?? '{}') as Partial<Preferences>) };
  } catch {
    current = kDefaults;
  }
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...preferences(), ...change };
  try {
    localStorage.setItem(kKey, JSON.stringify(current));
  } catch {
    // Then only this page remembers.
  }
  for (const listener of [...listeners]) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => preferences(),
  );
}
