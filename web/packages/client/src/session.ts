// Session: who this tab is signed in as.
//
// Why:    several sign-ins live side by side in one browser. Each has its own HttpOnly cookie carillon_<session_id>; the tab keeps
//         the id in sessionStorage and names it with every call, so that a reload stays who it was and another tab may be somebody
//         else. The CSRF token is never stored: GET /me gives it again.
// Owns:   the sessionStorage key carillon.session, and in localStorage a list of names (no secrets) of the sign-ins this browser
//         knows, so that a fresh tab can offer "continue as".
import type { Schemas } from '@carillon/contract';
import type { Answer } from './problem';
import type { Credentials, Rest } from './rest';

export type Me = Schemas['Me'];

export interface KnownSignIn {
  readonly session_id: string;
  readonly display_name: string;
  readonly role: Schemas['Role'] | null;
  readonly workspace: string;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const kTabKey = 'carillon.session';
const kKnownKey = 'carillon.sign-ins';
const kMostKnown = 8;

export class Session {
  private current: Credentials | null = null;
  private who: Me | null = null;

  constructor(
    private readonly tab: Store,
    private readonly browser: Store,
  ) {}

  readonly credentials = (): Credentials | null => this.current;
  get me(): Me | null {
    return this.who;
  }

  async signIn(rest: Rest, request: Schemas['SignInRequest']): Promise<Answer<Me>> {
    const answer = await rest.post('/sign-in', { body: request });
    if (!answer.ok) return answer;
    this.keep(answer.value.session_id, answer.value.csrf_token, answer.value.me);
    return { ...answer, value: answer.value.me };
  }

  // After a reload, or to continue a known sign-in: asks the server whether it still holds.
  async resume(rest: Rest, sessionId = this.stored()): Promise<Answer<Me> | null> {
    if (!sessionId) return null;
    const before = this.current;
    this.current = { session_id: sessionId, csrf_token: '' };
    const answer = await rest.get('/me');
    if (answer.ok && answer.value.csrf_token) {
      this.keep(sessionId, answer.value.csrf_token, answer.value);
    } else {
      this.current = before;
      if (!answer.ok && answer.problem.status === 401) this.forget(sessionId);
    }
    return answer;
  }

  async signOut(rest: Rest): Promise<void> {
    const id = this.current?.session_id;
    if (id) await rest.post('/sign-out');
    this.end();
  }

  // The server says it is over.
  end(): void {
    if (this.current) this.forget(this.current.session_id);
    this.current = null;
    this.who = null;
  }

  stored(): string | null {
    return this.tab.getItem(kTabKey);
  }

  known(): KnownSignIn[] {
    try {
      const list: unknown = JSON.parse(this.browser.getItem(kKnownKey) ?? '[]');
      return Array.isArray(list) ? (list as KnownSignIn[]).filter((k) => /^SI[0-9a-f]{32}$/.test(k.session_id)) : [];
    } catch {
      return [];
    }
  }

  private keep(sessionId: string, csrf: string, me: Me): void {
    this.current = { session_id: sessionId, csrf_token: csrf };
    this.who = me;
    this.tab.setItem(kTabKey, sessionId);
    const mine: KnownSignIn = {
      session_id: sessionId,
      display_name: me.user?.display_name ?? '',
      role: me.role,
      workspace: me.workspace?.friendly_name ?? '',
    };
    this.write([mine, ...this.known().filter((k) => k.session_id !== sessionId)]);
  }

  private forget(sessionId: string): void {
    if (this.stored() === sessionId) this.tab.removeItem(kTabKey);
    this.write(this.known().filter((k) => k.session_id !== sessionId));
  }

  private write(list: KnownSignIn[]): void {
    this.browser.setItem(kKnownKey, JSON.stringify(list.slice(0, kMostKnown)));
  }
}
