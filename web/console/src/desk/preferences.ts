// Preferences of this browser: ring volume, desktop notifications. Looks and language have their own keys.
import { useSyncExternalStore } from 'react';

export interface Preferences {
  // 0 is silence.
  readonly volume: number;
  readonly notify: boolean;
}

const kKey = 'carillon.preferences';
const kDefaults: Preferences = { volume: 0.6, notify: true };
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
