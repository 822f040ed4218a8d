// Which page of this browser has the phone: opening a second one in the middle of a call must not take it away.
//
// How: the page with the phone holds a lock of the browser (Web Locks); it is free again when the page is gone. Browsers without
// locks go without: then the newest page has the phone.

const nameOf = (workerSid: string) => `carillon.phone.${workerSid}`;

function locks(): LockManager | undefined {
  return navigator.locks as LockManager | undefined;
}

export async function heldElsewhere(workerSid: string): Promise<boolean> {
  const now = await locks()?.query();
  return now?.held?.some((lock) => lock.name === nameOf(workerSid)) ?? false;
}

// Holds it until what comes back is called, or another page takes it.
export function hold(workerSid: string): () => void {
  let release: () => void = () => undefined;
  const until = new Promise<void>((done) => {
    release = done;
  });
  locks()
    ?.request(nameOf(workerSid), { steal: true }, () => until)
    .catch(() => undefined);
  return release;
}
