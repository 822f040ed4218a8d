// Action: one thing a person can do. Buttons, shortcuts and the command palette share it, so that what is allowed, what it is
// called and what it does can never differ between them.
//
// Example:
//   if (acceptOffer.allowed(live, { reservation })) button(t(acceptOffer.label), () => acceptOffer.perform(around, { reservation }));
import type { Answer, Drafts, EventStream, Rest } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import type { Live, Offer, Store, WorkItem } from '@carillon/state';

// What actions reach the world through.
export interface Around {
  readonly rest: Rest;
  readonly store: Store;
  readonly stream: Pick<EventStream, 'typing'>;
  readonly drafts: Drafts;
  readonly role: Schemas['Role'] | null;
  readonly newId: () => string;
  readonly now: () => number;
}

// What the person looks at: the arguments of an action that is started by a key.
export interface Focus {
  readonly offer: Offer | null;
  readonly item: WorkItem | null;
}

export interface Action<A> {
  // noun.verb; unique.
  readonly name: string;
  // Key into the catalogue.
  readonly label: string;
  // "Alt+A"; the letter is the key's place on a Latin keyboard, whatever alphabet it writes.
  readonly keys?: string;
  // May it be done now? The server has the last word.
  readonly allowed: (live: Live, args: A) => boolean;
  readonly perform: (around: Around, args: A) => Promise<Answer<unknown>>;
  // The arguments a key or the palette means; null: there is nothing it could apply to. Absent: only buttons start it.
  readonly from?: (live: Live, focus: Focus) => A | null;
  // Where one wants to look once it is done, however it was started; a path of the console.
  readonly leadsTo?: (args: A) => string;
}

export const kDone: Answer<undefined> = { ok: true, value: undefined, position: null, version: null };

export function done(): Promise<Answer<undefined>> {
  return Promise.resolve(kDone);
}
