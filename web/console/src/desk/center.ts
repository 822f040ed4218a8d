// Center: everything a signed-in tab holds, made once. Pages get it by the hooks in hooks.ts.
//
// Owns:   the requests, the stream, the store, the session, the drafts, the chime, the phone; and their wiring: a lost sign-in ends all,
//         a line that comes back sends what could not be sent.
import { resendMessages, restoreOutgoing } from '@carillon/actions';
import type { Around } from '@carillon/actions';
import type { Answer, Me, StreamOptions, StreamState } from '@carillon/client';
import { Drafts, EventStream, Rest, Session, newKey } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import type { PhoneEnvironment } from '@carillon/softphone';
import { Softphone, kBrowser } from '@carillon/softphone';
import { Store } from '@carillon/state';
import { Chime } from '@carillon/ui';

// What is the browser's, and in tests and scenes a fake's.
export interface Environment {
  readonly fetch?: typeof fetch;
  readonly open?: StreamOptions['open'];
  readonly phone?: PhoneEnvironment;
  readonly tab: Storage;
  readonly browser: Storage;
}

export interface Standing {
  readonly phase: 'resuming' | 'signed-out' | 'signed-in';
  readonly me: Me | null;
  // The server ended the sign-in; nobody asked for it.
  readonly expired: boolean;
}

export class Center {
  readonly session: Session;
  readonly rest: Rest;
  readonly store = new Store();
  readonly stream: EventStream;
  readonly drafts: Drafts;
  readonly chime = new Chime();
  readonly phone: Softphone;
  private standing: Standing = { phase: 'resuming', me: null, expired: false };
  private readonly listeners = new Set<() => void>();

  constructor(readonly environment: Environment) {
    const { tab, browser, fetch, open, phone } = environment;
    this.session = new Session(tab, browser);
    this.rest = new Rest({
      ...(fetch ? { fetch } : {}),
      credentials: this.session.credentials,
      onSignedOut: () => this.lost(),
    });
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.stream = new EventStream({
      address: `${scheme}://${location.host}/api/v1/events/stream`,
      session: () => this.session.credentials()?.session_id ?? null,
      ...(open ? { open } : {}),
      onFrame: (frame) => {
        this.store.dispatch({ type: 'frame', frame });
        this.phone.frame(frame);
      },
      onState: (state) => this.lineChanged(state),
    });
    this.phone = new Softphone(this.stream, phone ?? kBrowser, phone ? undefined : () => this.relays());
    this.drafts = new Drafts(browser, () => this.session.me?.user?.sid ?? 'nobody');
    addEventListener('online', () => this.stream.retryNow());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.stream.retryNow();
    });
  }

  private async relays(): Promise<RTCIceServer[]> {
    const answer = await this.rest.get('/ice-servers');
    if (!answer.ok) return [];
    return answer.value.ice_servers.map(({ urls, username, credential }) => ({
      urls: [...urls],
      ...(username !== null && credential !== null ? { username, credential } : {}),
    }));
  }

  get around(): Around {
    const { rest, store, stream, drafts } = this;
    return {
      rest,
      store,
      stream,
      drafts,
      role: this.standing.me?.role ?? null,
      newId: () => newKey(),
      now: () => Date.now(),
    };
  }

  readonly get = (): Standing => this.standing;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  // After a reload: are we still who we were?
  async resume(sessionId?: string): Promise<Answer<Me> | null> {
    const answer = await this.session.resume(this.rest, sessionId);
    if (answer?.ok && this.session.me) this.begin(this.session.me);
    else if (this.standing.phase !== 'signed-in') this.become({ phase: 'signed-out', me: null, expired: false });
    return answer;
  }

  async signIn(request: Schemas['SignInRequest']): Promise<Answer<Me>> {
    const answer = await this.session.signIn(this.rest, request);
    if (answer.ok) this.begin(answer.value);
    return answer;
  }

  async signOut(): Promise<void> {
    this.phone.disconnect();
    this.stream.stop();
    await this.session.signOut(this.rest);
    this.store.dispatch({ type: 'signed-out' });
    this.become({ phase: 'signed-out', me: null, expired: false });
  }

  private begin(me: Me): void {
    this.become({ phase: 'signed-in', me, expired: false });
    restoreOutgoing(this.around);
    this.stream.start();
  }

  private lost(): void {
    if (this.standing.phase !== 'signed-in') return;
    this.phone.disconnect();
    this.stream.stop();
    this.session.end();
    this.store.dispatch({ type: 'signed-out' });
    this.become({ phase: 'signed-out', me: null, expired: true });
  }

  private lineChanged(state: StreamState): void {
    const before = this.store.get().connection.phase;
    this.store.dispatch({ type: 'connection', connection: state });
    this.phone.line(state.phase === 'live');
    if (state.phase === 'ended') this.lost();
    if (state.phase === 'live' && before !== 'live') void resendMessages(this.around);
  }

  private become(standing: Standing): void {
    this.standing = standing;
    for (const listener of [...this.listeners]) listener();
  }
}
