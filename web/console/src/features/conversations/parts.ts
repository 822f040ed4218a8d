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

export function partsOf(messages: readonly Message[], contact: string | null): readonly Part[] {
  const parts: Message[][] = [];
  for (const message of messages) {
    const last = parts.at(-1);
    if (last && last[0]?.contact_sid === message.contact_sid) last.push(message);
    else parts.push([message]);
  }
  return parts.map((part) => ({
    key: part[0]?.sid ?? '',
    earlier: contact !== null && part[0]?.contact_sid !== null && part[0]?.contact_sid !== contact,
    messages: part,
    days: daysOf(part),
  }));
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
