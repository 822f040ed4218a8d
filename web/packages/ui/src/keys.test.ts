// Goal: a shortcut is the place of a key on any alphabet, a character where a character is meant, and never half of another.
// Method: pressed keys as browsers report them.
import { describe, expect, it } from 'vitest';
import { matches, partsOf } from './keys';

const pressed = (
  code: string,
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => ({
  code,
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('matches', () => {
  it('goes by the place of the key', () => {
    expect(matches('Alt+A', pressed('KeyA', 'α', { altKey: true }))).toBe(true);
    expect(matches('Alt+A', pressed('KeyA', 'ش', { altKey: true }))).toBe(true);
  });
  it('takes Command for Mod', () => {
    expect(matches('Mod+K', pressed('KeyK', 'k', { metaKey: true }))).toBe(true);
    expect(matches('Mod+K', pressed('KeyK', 'k', { ctrlKey: true }))).toBe(true);
  });
  it('goes by the character where one is meant, whatever makes it', () => {
    expect(matches('?', pressed('Slash', '?', { shiftKey: true }))).toBe(true);
    expect(matches('?', pressed('Minus', '?', { shiftKey: true }))).toBe(true);
    expect(matches('?', pressed('Slash', '/'))).toBe(false);
  });
  it('does not take more keys for fewer', () => {
    expect(matches('Alt+A', pressed('KeyA', 'a', { altKey: true, shiftKey: true }))).toBe(false);
    expect(matches('Alt+A', pressed('KeyA', 'a', { altKey: true, ctrlKey: true }))).toBe(false);
    expect(matches('Alt+1', pressed('Digit1', '1', { altKey: true }))).toBe(true);
  });
});

describe('partsOf', () => {
  it('is what stands on the keys', () => {
    expect(partsOf('Mod+K', true)).toEqual(['⌘', 'K']);
    expect(partsOf('Alt+ArrowDown', false)).toEqual(['Alt', '↓']);
  });
});
