// Shortcuts. "Alt+A" means the key where A is on a Latin keyboard, so that it works on a Greek or Arabic one; "?" and "/" mean
// the character. Mod is Ctrl, on a Mac Command.

export interface Combination {
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  // A KeyboardEvent.code, or a single character.
  readonly key: string;
}

export function combinationOf(text: string): Combination {
  const parts = text.split('+');
  const last = parts.at(-1) ?? '';
  const key = /^[A-Z]$/.test(last) ? `Key${last}` : /^[0-9]$/.test(last) ? `Digit${last}` : last;
  return { mod: parts.includes('Mod'), alt: parts.includes('Alt'), shift: parts.includes('Shift'), key };
}

type Pressed = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export function matches(text: string, event: Pressed): boolean {
  const { mod, alt, shift, key } = combinationOf(text);
  if ((event.ctrlKey || event.metaKey) !== mod || event.altKey !== alt) return false;
  // A character says by itself whether Shift was needed for it.
  if (key.length === 1) return event.key === key;
  return event.shiftKey === shift && event.code === key;
}

// Does a key pressed here mean a letter of a text?
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type))
  );
}

const kSigns: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

// As written on the keys.
export function partsOf(text: string, mac: boolean): string[] {
  return text.split('+').map((part) => {
    if (part === 'Mod') return mac ? '⌘' : 'Ctrl';
    if (part === 'Alt') return mac ? '⌥' : 'Alt';
    return kSigns[part] ?? part;
  });
}

export function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
}
