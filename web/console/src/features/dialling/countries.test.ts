import { describe, expect, it } from 'vitest';
import { countryName, countryOf, kEmergencyByCountry } from './countries';

describe('countryOf', () => {
  it('goes by the longest code a number begins with', () => {
    expect(countryOf('+4930')).toBe('DE');
    expect(countryOf('+35312')).toBe('IE');
    expect(countryOf('+77')).toBe('KZ');
    expect(countryOf('+7495')).toBe('RU');
    expect(countryOf('0044')).toBe('GB');
  });
  it('says nothing of what has no country code', () => {
    for (const prefix of ['', '+', '112', '0900', '+999']) expect(countryOf(prefix)).toBeNull();
  });
  it('has a name for every country', () => {
    expect(countryName('DE', 'de')).toBe('Deutschland');
    expect(countryName('003', 'en')).toBe('North America');
  });
});

describe('emergency numbers', () => {
  it('are digits', () => {
    for (const [country, numbers] of kEmergencyByCountry) {
      expect(country).toMatch(/^[A-Z]{2}$/);
      expect(numbers.length).toBeGreaterThan(0);
      for (const number of numbers) expect(number).toMatch(/^\d{2,5}$/);
    }
    expect(kEmergencyByCountry.get('DE')).toEqual(['110', '112']);
  });
});
