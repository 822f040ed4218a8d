// A selector that is computed again only when one of the parts it reads is another object than last time.
export function memo<S, P extends unknown[], R>(
  parts: (state: S) => [...P],
  compute: (...parts: P) => R,
): (state: S) => R {
  let last: { parts: [...P]; result: R } | null = null;
  return (state) => {
    const now = parts(state);
    if (last && now.every((part, i) => part === last?.parts[i])) return last.result;
    last = { parts: now, result: compute(...now) };
    return last.result;
  };
}
