// Focus: which piece of work the person looks at. The address says so (/work/<reservation>), so a reload keeps it; keys and the
// palette act on it.
import type { Focus } from '@carillon/actions';
import type { Live } from '@carillon/state';
import { selectOffers, selectWork } from '@carillon/state';

export function focusOf(live: Live, path: string): Focus {
  const sid = /\/work\/(WR[0-9a-f]{32})/.exec(path)?.[1];
  const work = selectWork(live);
  return {
    offer: selectOffers(live)[0] ?? null,
    item: work.find((item) => item.reservation.sid === sid) ?? null,
  };
}
