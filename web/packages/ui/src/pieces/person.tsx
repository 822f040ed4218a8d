// A person's initials on a calm ground of their own.
import classes from './person.module.css';

export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /\p{L}|\p{N}/u.test(word));
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

// The same name has the same colour on every desk.
export function hueOf(name: string): number {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 3607;
  return (hash * 47) % 360;
}

export function Person({ name, size = 32 }: { readonly name: string; readonly size?: number }) {
  return (
    <span
      className={classes['person']}
      style={{ ['--hue' as string]: hueOf(name), inlineSize: size, blockSize: size, fontSize: size * 0.38 }}
      aria-hidden
    >
      {initialsOf(name) || '?'}
    </span>
  );
}
