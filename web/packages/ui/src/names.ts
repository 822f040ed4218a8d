// Names that programs gave, as people read them: "order_number" becomes "Order number".
export function titleOf(key: string): string {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

// What the server says about a fault, as a sentence of its own: the place and the column are shown beside it, and what is expected is
// not said twice.
export function sentenceOf(fault: { readonly message: string; readonly expected: string }): string {
  const said = fault.message.replace(/^(\/\S+: |column \d+: )+/, '');
  const whole = fault.expected && !/expected/.test(said) ? `${said} (${fault.expected})` : said;
  return whole.charAt(0).toLocaleUpperCase() + whole.slice(1) + (/[.!?)]$/.test(whole) ? '' : '.');
}
