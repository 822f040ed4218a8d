// When a number deserves a colour. Targets of their own come with reporting; until then the usual 80 and 5 percent.
type Tone = 'plain' | 'good' | 'warn' | 'bad';

export function toneOfServiceLevel(percent: number | null): Tone {
  if (percent === null) return 'plain';
  return percent < 60 ? 'bad' : percent < 80 ? 'warn' : 'plain';
}

export function toneOfAbandonment(percent: number | null): Tone {
  if (percent === null) return 'plain';
  return percent > 10 ? 'bad' : percent > 5 ? 'warn' : 'plain';
}
