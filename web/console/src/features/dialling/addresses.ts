// The numbers and SIP addresses in what somebody has pasted: one a line, or apart by commas or semicolons; each once.
export function addressesIn(text: string): string[] {
  return [...new Set(text.split(/[\n\r,;\t]+/).map((one) => one.trim()))].filter((one) => one !== '').slice(0, kMost);
}

// As many as go at once.
const kMost = 1_000;
