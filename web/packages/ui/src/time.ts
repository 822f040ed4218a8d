// Times and durations as people read them, in their own zone and language.

// The words are the language's; how a date is written is the reader's own country's where their browser names one ("en" becomes
// "en-GB" for a Briton). Digits are those of the clocks beside them, in every script.
export function localeOf(language: string, offered: readonly string[] = globalThis.navigator?.languages ?? []): string {
  const own = offered.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;
  return `${own}-u-nu-latn`;
}

// "0:07", "4:12", "1:03:20". Seconds.
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const s = String(whole % 60).padStart(2, '0');
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

// Days read better as days: nobody counts 52 hours.
export function agoOf(seconds: number, language: string): string {
  if (seconds < 86_400) return clockOf(seconds);
  return new Intl.NumberFormat(localeOf(language), { style: 'unit', unit: 'day', unitDisplay: 'short' }).format(
    Math.floor(seconds / 86_400),
  );
}

export function timeOf(iso: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { timeStyle: 'short' }).format(new Date(iso));
}

// To the second, where it matters what came first.
export function preciseTimeOf(iso: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { timeStyle: 'medium' }).format(new Date(iso));
}

export function dateTimeOf(iso: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

export function dateOf(iso: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium' }).format(new Date(iso));
}

// A day among messages: "Today", "Yesterday", else its date, with the weekday while that is of use.
export function dayOf(iso: string, language: string, now: number): string {
  const then = new Date(iso);
  const ago = [0, 1].find((days) => new Date(now - days * 86_400_000).toDateString() === then.toDateString());
  if (ago !== undefined) {
    const word = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-ago, 'day');
    return word.charAt(0).toLocaleUpperCase(language) + word.slice(1);
  }
  const near = Math.abs(now - then.getTime()) < 180 * 86_400_000;
  return new Intl.DateTimeFormat(
    localeOf(language),
    near ? { weekday: 'long', day: 'numeric', month: 'long' } : { dateStyle: 'medium' },
  ).format(then);
}

// Today as a time, this year without the year, else whole.
export function whenOf(iso: string, language: string, now: number): string {
  const then = new Date(iso);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return timeOf(iso, language);
  const sameYear = then.getFullYear() === today.getFullYear();
  const day = new Intl.DateTimeFormat(localeOf(language), {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(then);
  return sameYear ? `${day}${language === 'ar' ? '،' : ','} ${timeOf(iso, language)}` : day;
}

// Both days the viewer's.
export function sameDay(a: string, b: string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

// A number of seconds as a measure: "18 s", "5:48".
export function measureOf(seconds: number | null, language: string): string {
  if (seconds === null) return '–';
  if (seconds >= 90) return clockOf(Math.round(seconds));
  return new Intl.NumberFormat(localeOf(language), {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'narrow',
    maximumFractionDigits: 0,
  }).format(seconds);
}

// No traffic is blank, not 0 and not 100.
export function percentOf(value: number | null, language: string): string {
  if (value === null) return '–';
  return new Intl.NumberFormat(localeOf(language), {
    style: 'percent',
    maximumFractionDigits: value >= 10 ? 0 : 1,
  }).format(value / 100);
}

export function countOf(value: number, language: string): string {
  return new Intl.NumberFormat(localeOf(language)).format(value);
}

// One beat for all clocks of the page: they tick together, and a page with a hundred of them has one timer.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

export function onBeat(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of [...listeners]) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}
