// Where in a JSON text a pointer leads ("/task_routing/filters/0/targets/1/queue"): the line of what it names, from 1; of the
// nearest thing around it when it names what is missing. Reads the text once; null when the text is no JSON that far.
export function lineOfPointer(text: string, pointer: string): number | null {
  const wanted = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let best: { depth: number; at: number } | null = null;
  const visit = (path: readonly string[], at: number) => {
    const fits = path.length <= wanted.length && path.every((part, i) => part === wanted[i]);
    if (fits && path.length >= (best?.depth ?? 0)) best = { depth: path.length, at };
  };
  try {
    walk(text, visit);
  } catch {
    if (best === null) return null;
  }
  const found = best as { depth: number; at: number } | null;
  return found === null ? null : text.slice(0, found.at).split('\n').length;
}

type Visit = (path: readonly string[], at: number) => void;

function walk(text: string, visit: Visit): void {
  let i = 0;
  const blank = () => {
    while (/\s/.test(text[i] ?? '')) ++i;
  };
  const expect = (letter: string) => {
    blank();
    if (text[i] !== letter) throw new Error(`no ${letter} at ${i}`);
    ++i;
  };
  const string = (): string => {
    const end = /"(?:[^"\\]|\\.)*"/y;
    end.lastIndex = i;
    const match = end.exec(text);
    if (!match) throw new Error(`no string at ${i}`);
    i = end.lastIndex;
    return JSON.parse(match[0]) as string;
  };
  const value = (path: readonly string[], named: number): void => {
    blank();
    visit(path, named);
    if (text[i] === '{') return object(path);
    if (text[i] === '[') return array(path);
    if (text[i] === '"') return void string();
    const word = /[\w.+-]+/y;
    word.lastIndex = i;
    if (!word.exec(text)) throw new Error(`no value at ${i}`);
    i = word.lastIndex;
  };
  const object = (path: readonly string[]): void => {
    expect('{');
    blank();
    while (text[i] !== '}') {
      blank();
      const at = i;
      const key = string();
      expect(':');
      value([...path, key], at);
      blank();
      if (text[i] === ',') ++i;
      else if (text[i] !== '}') throw new Error(`no comma at ${i}`);
    }
    ++i;
  };
  const array = (path: readonly string[]): void => {
    expect('[');
    blank();
    for (let n = 0; text[i] !== ']'; ++n) {
      blank();
      value([...path, String(n)], i);
      blank();
      if (text[i] === ',') ++i;
      else if (text[i] !== ']') throw new Error(`no comma at ${i}`);
    }
    ++i;
  };
  value([], 0);
}
