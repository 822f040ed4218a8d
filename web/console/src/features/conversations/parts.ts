// How messages are laid out: earlier contacts apart, by day, and what one person said in one breath together.
import type { Message } from '@carillon/state';
import { sameDay } from '@carillon/ui';

export interface Day {
  readonly key: string;
  readonly at: string;
  readonly groups: readonly (readonly Message[])[];
}

export interface Part {
  readonly key: string;
  readonly earlier: boolean;
  readonly messages: readonly Message[];
  readonly days: readonly Day[];
}

const kBreathMs = 3 * 60_000;

// `beside`: contacts that run beside this one, a chat beside a call; what is said in them is not earlier.
export function partsOf(
  messages: readonly Message[],
  contact: string | null,
  beside: readonly string[] = [],
): readonly Part[] {
  const parts: Message[][] = [];
  for (const message of messages) {
    const last = parts.at(-1);
    if (last && last[0]?.contact_sid === message.contact_sid) last.push(message);
    else parts.push([message]);
  }
  return parts.map((part) => ({
    key: part[0]?.sid ?? '',
    earlier: isEarlier(part[0]?.contact_sid ?? null, contact, beside),
    messages: part,
    days: daysOf(part),
  }));
}

function isEarlier(of: string | null, contact: string | null, beside: readonly string[]): boolean {
  return contact !== null && of !== null && of !== contact && !beside.includes(of);
}

function daysOf(messages: readonly Message[]): readonly Day[] {
  const days: { key: string; at: string; groups: Message[][] }[] = [];
  for (const message of messages) {
    let day = days.at(-1);
    if (!day || !sameDay(day.at, message.at)) {
      day = { key: message.sid, at: message.at, groups: [] };
      days.push(day);
    }
    const group = day.groups.at(-1);
    const before = group?.at(-1);
    if (group && before && together(before, message)) group.push(message);
    else day.groups.push([message]);
  }
  return days;
}

function together(a: Message, b: Message): boolean {
  return (
    a.author.type === b.author.type &&
    a.author.type !== 'system' &&
    a.author.display_name === b.author.display_name &&
    a.internal === b.internal &&
    Date.parse(b.at) - Date.parse(a.at) < kBreathMs
  );
}
