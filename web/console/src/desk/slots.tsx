// Slots: places on the screen that a feature fills for others, so that features never import one another. The list of features
// says who fills what (features.ts).
import type { Task, WorkItem } from '@carillon/state';
import type { ComponentType } from 'react';
import { Suspense, createContext, useContext } from 'react';

export interface SlotProps {
  // In the top bar.
  readonly bar: object;
  // Below the top bar, over everything.
  readonly banner: object;
  // Always there, shows itself when it has something to say.
  readonly everywhere: object;
  // On the page of what is live.
  readonly live: object;
  // Above the words of a conversation: the call that is going on.
  readonly call: { readonly item: WorkItem };
  // In what rings: what was before with this customer.
  readonly offer: { readonly customerSid: string | null };
  // Beside a conversation: the customer.
  readonly customer: { readonly customerSid: string | null; readonly task: Task | null; readonly name: string };
}
export type SlotName = keyof SlotProps;
export type Slots = { readonly [N in SlotName]?: readonly ComponentType<SlotProps[N]>[] };

export const SlotsContext = createContext<Slots>({});

export function Slot<N extends SlotName>({ of, ...props }: { readonly of: N } & SlotProps[N]) {
  const filled = useContext(SlotsContext)[of] as readonly ComponentType<object>[] | undefined;
  return (
    <Suspense fallback={null}>
      {filled?.map((Filled, i) => (
        <Filled key={i} {...props} />
      ))}
    </Suspense>
  );
}
