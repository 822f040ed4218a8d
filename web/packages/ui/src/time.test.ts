// Goal: durations, times and shares read as people read them. Method: values at the edges.
import { describe, expect, it } from 'vitest';
import { agoOf, clockOf, dayOf, localeOf, measureOf, percentOf, sameDay, whenOf } from './time';

describe('clockOf', () => {
  it('has minutes and seconds, and hours from the first one on', () => {
    expect([0, 7, 252, 3599, 3600, 3800].map(clockOf)).toEqual(['0:00', '0:07', '4:12', '59:59', '1:00:00', '1:03:20']);
  });
  it('never goes below nothing', () => expect(clockOf(-5)).toBe('0:00'));
});

describe('agoOf', () => {
  it('says days as days', () => {
    expect(agoOf(86_399, 'en')).toBe('23:59:59');
    expect(agoOf(3 * 86_400, 'en')).toBe('3 days');
  });
});

describe('measureOf', () => {
  it('is blank without traffic, seconds when short, a clock when long', () => {
    expect(measureOf(null, 'en')).toBe('–');
    expect(measureOf(18.4, 'en')).toBe('18s');
    expect(measureOf(348, 'en')).toBe('5:48');
  });
});

describe('percentOf', () => {
  it('is blank without traffic, and exact where it is small', () => {
    expect(percentOf(null, 'en')).toBe('–');
    expect(percentOf(87.4, 'en')).toBe('87%');
    expect(percentOf(5.93, 'en')).toBe('5.9%');
  });
});

describe('whenOf', () => {
  const now = new Date(2026, 10, 21, 15, 0).getTime();
  it('says the time today, the day before that, the year before that', () => {
    expect(whenOf(new Date(2026, 10, 21, 9, 5).toISOString(), 'en', now)).toMatch(/^9:05\sAM$/);
    expect(whenOf(new Date(2026, 8, 3, 9, 5).toISOString(), 'en', now)).toMatch(/^Sep 3, 9:05\sAM$/);
    expect(whenOf(new Date(2024, 8, 3).toISOString(), 'en', now)).toBe('Sep 3, 2024');
  });
});

describe('sameDay', () => {
  it('is about the viewer’s days', () => {
    expect(sameDay(new Date(2026, 1, 1, 0, 1).toISOString(), new Date(2026, 1, 1, 23, 59).toISOString())).toBe(true);
    expect(sameDay(new Date(2026, 1, 1, 23, 59).toISOString(), new Date(2026, 1, 2, 0, 1).toISOString())).toBe(false);
  });
});

describe('dayOf', () => {
  const now = new Date(2026, 10, 21, 0, 30).getTime();
  it('has words for what is near, a date for the rest', () => {
    expect(dayOf(new Date(2026, 10, 21, 0, 5).toISOString(), 'en', now)).toBe('Today');
    expect(dayOf(new Date(2026, 10, 20, 23, 59).toISOString(), 'de', now)).toBe('Gestern');
    expect(dayOf(new Date(2026, 8, 3).toISOString(), 'en', now)).toBe('Thursday, September 3');
    expect(dayOf(new Date(2024, 8, 3).toISOString(), 'en', now)).toBe('Sep 3, 2024');
  });
});

describe('localeOf', () => {
  it('is the language spoken, in the country of the reader', () => {
    expect(localeOf('en', ['de-AT', 'en-GB', 'en'])).toBe('en-GB-u-nu-latn');
    expect(localeOf('ar', ['en-GB'])).toBe('ar-u-nu-latn');
  });
});
