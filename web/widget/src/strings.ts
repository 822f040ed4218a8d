// Every text of the widget, by language. A missing key does not compile.

export interface Strings {
  open: string;
  close: string;
  send: string;
  attach: string;
  write: string;
  yourName: string;
  yourEmail: string;
  topic: string;
  start: string;
  waiting: string;
  position: (n: number) => string;
  minutes: (low: number, high: number) => string;
  soon: string;
  talking: (name: string) => string;
  typing: (name: string) => string;
  end: string;
  endSure: string;
  ended: string;
  endedIdle: string;
  again: string;
  offline: string;
  reconnecting: string;
  notSent: string;
  retry: string;
  sending: string;
  read: string;
  closed: string;
  away: string;
  here: string;
  looking: string;
  over: string;
  message: string;
  leave: string;
  left: string;
  keepOn: string;
  hint: string;
  tooLarge: string;
  you: string;
  newMessages: (n: number) => string;
  call: string;
  callAbout: string;
  callNow: string;
  notNow: string;
  callMicrophone: string;
  callNoMicrophone: string;
  callConnecting: string;
  callWaiting: string;
  callTalking: (name: string) => string;
  callHeld: string;
  callFarewell: string;
  callElsewhere: string;
  callHere: string;
  callOver: string;
  callFailed: string;
  mute: string;
  unmute: string;
  keypad: string;
  hangUp: string;
  callLabel: string;
}

const en: Strings = {
  open: "Chat with us",
  close: "Close the chat window",
  send: "Send",
  attach: "Attach a file",
  write: "Write a message…",
  yourName: "Your name",
  yourEmail: "Your e-mail, if you like",
  topic: "What is it about?",
  start: "Start the chat",
  waiting: "We are looking for the right person…",
  position: (n) => (n === 1 ? "You are next." : `You are number ${n} in line.`),
  minutes: (low, high) => (low === high ? `About ${high} min.` : `About ${low} to ${high} min.`),
  soon: "Less than a minute.",
  talking: (name) => `You are talking with ${name}`,
  typing: (name) => `${name} is typing`,
  end: "End chat",
  endSure: "End this chat?",
  ended: "This chat has ended. Thank you!",
  endedIdle: "This chat has ended because it was quiet for a while.",
  again: "Start a new chat",
  offline: "No connection. Your message is kept and sent when you are back.",
  reconnecting: "Connecting again…",
  notSent: "Not sent.",
  retry: "Try again",
  sending: "Sending…",
  read: "Read",
  closed: "Leave us a message. The answer comes right here: look in again, or keep this page open.",
  away: "Nobody is here right now",
  here: "We are here",
  looking: "Looking for the right person",
  over: "Chat ended",
  message: "Your message",
  leave: "Leave the message",
  left: "Thank you, we have your message. You may close this page: the answer waits for you here.",
  keepOn: "Keep chatting",
  hint: "Enter sends, Shift and Enter begin a new line",
  tooLarge: "The file is too large.",
  you: "You",
  newMessages: (n) => (n === 1 ? "1 new message" : `${n} new messages`),
  call: "Call us",
  callAbout: "You call us right from this page. Your browser will ask whether it may use the microphone: please say yes, so that we can hear you.",
  callNow: "Call now",
  notNow: "Not now",
  callMicrophone: "Your browser asks for the microphone. Please allow it.",
  callNoMicrophone: "We cannot hear you: the browser gives us no microphone. Allow it beside the address of this page, then call again.",
  callConnecting: "Connecting…",
  callWaiting: "You are in line. Somebody answers as soon as possible.",
  callTalking: (name) => (name ? `On the phone with ${name}` : "On the phone"),
  callHeld: "On hold. Please stay on the line.",
  callFarewell: "Nobody can answer right now.",
  callElsewhere: "Your call goes on in another tab.",
  callHere: "Go on here",
  callOver: "The call has ended.",
  callFailed: "The call did not come about. Please try again in a moment.",
  mute: "Mute",
  unmute: "Unmute",
  keypad: "Keypad",
  hangUp: "Hang up",
  callLabel: "Phone call",
};

const de: Strings = {
  open: "Chatten Sie mit uns",
  close: "Chatfenster schließen",
  send: "Senden",
  attach: "Datei anhängen",
  write: "Nachricht schreiben …",
  yourName: "Ihr Name",
  yourEmail: "Ihre E-Mail-Adresse, wenn Sie möchten",
  topic: "Worum geht es?",
  start: "Chat beginnen",
  waiting: "Wir suchen die richtige Person für Sie …",
  position: (n) => (n === 1 ? "Sie sind als Nächstes an der Reihe." : `Sie sind Nummer ${n} in der Warteschlange.`),
  minutes: (low, high) => (low === high ? `Etwa ${high} Min.` : `Etwa ${low} bis ${high} Min.`),
  soon: "Weniger als eine Minute.",
  talking: (name) => `Sie sprechen mit ${name}`,
  typing: (name) => `${name} schreibt`,
  end: "Chat beenden",
  endSure: "Diesen Chat beenden?",
  ended: "Dieser Chat ist beendet. Vielen Dank!",
  endedIdle: "Dieser Chat wurde beendet, weil es eine Weile still war.",
  again: "Neuen Chat beginnen",
  offline: "Keine Verbindung. Ihre Nachricht bleibt erhalten und wird später gesendet.",
  reconnecting: "Verbindung wird wiederhergestellt …",
  notSent: "Nicht gesendet.",
  retry: "Noch einmal versuchen",
  sending: "Wird gesendet …",
  read: "Gelesen",
  closed: "Hinterlassen Sie eine Nachricht. Die Antwort kommt hierher: Schauen Sie wieder vorbei, oder lassen Sie die Seite offen.",
  away: "Gerade ist niemand da",
  here: "Wir sind da",
  looking: "Wir suchen die richtige Person",
  over: "Chat beendet",
  message: "Ihre Nachricht",
  leave: "Nachricht hinterlassen",
  left: "Danke, Ihre Nachricht ist da. Sie können die Seite schließen: Die Antwort wartet hier auf Sie.",
  keepOn: "Weiter chatten",
  hint: "Enter sendet, Umschalt und Enter beginnen eine neue Zeile",
  tooLarge: "Die Datei ist zu groß.",
  you: "Sie",
  newMessages: (n) => (n === 1 ? "1 neue Nachricht" : `${n} neue Nachrichten`),
  call: "Anrufen",
  callAbout: "Sie rufen uns direkt von dieser Seite aus an. Ihr Browser fragt nach dem Mikrofon: Bitte stimmen Sie zu, damit wir Sie hören.",
  callNow: "Jetzt anrufen",
  notNow: "Nicht jetzt",
  callMicrophone: "Ihr Browser fragt nach dem Mikrofon. Bitte erlauben Sie es.",
  callNoMicrophone: "Wir können Sie nicht hören: Der Browser gibt uns kein Mikrofon. Erlauben Sie es neben der Adresse dieser Seite und rufen Sie noch einmal an.",
  callConnecting: "Verbindung wird hergestellt …",
  callWaiting: "Sie sind in der Warteschlange. Es meldet sich so bald wie möglich jemand.",
  callTalking: (name) => (name ? `Am Telefon mit ${name}` : "Am Telefon"),
  callHeld: "Gehalten. Bitte bleiben Sie dran.",
  callFarewell: "Gerade kann niemand antworten.",
  callElsewhere: "Ihr Anruf läuft in einem anderen Tab weiter.",
  callHere: "Hier weiterführen",
  callOver: "Der Anruf ist beendet.",
  callFailed: "Der Anruf kam nicht zustande. Bitte versuchen Sie es gleich noch einmal.",
  mute: "Stummschalten",
  unmute: "Stummschaltung aufheben",
  keypad: "Tastenfeld",
  hangUp: "Auflegen",
  callLabel: "Telefonat",
};

const ar: Strings = {
  open: "تحدّث معنا",
  close: "إغلاق نافذة المحادثة",
  send: "إرسال",
  attach: "إرفاق ملف",
  write: "اكتب رسالة…",
  yourName: "اسمك",
  yourEmail: "بريدك الإلكتروني، إن شئت",
  topic: "ما الموضوع؟",
  start: "ابدأ المحادثة",
  waiting: "نبحث عن الشخص المناسب لك…",
  position: (n) => (n === 1 ? "أنت التالي." : `ترتيبك في الانتظار: ${n}`),
  minutes: (low, high) => (low === high ? `حوالي ${high} دقيقة.` : `من ${low} إلى ${high} دقيقة تقريبًا.`),
  soon: "أقل من دقيقة.",
  talking: (name) => `أنت تتحدّث مع ${name}`,
  typing: (name) => `${name} يكتب الآن`,
  end: "إنهاء المحادثة",
  endSure: "هل تريد إنهاء هذه المحادثة؟",
  ended: "انتهت هذه المحادثة. شكرًا لك!",
  endedIdle: "انتهت هذه المحادثة لعدم وجود نشاط.",
  again: "ابدأ محادثة جديدة",
  offline: "لا يوجد اتصال. رسالتك محفوظة وستُرسل عند عودة الاتصال.",
  reconnecting: "جارٍ إعادة الاتصال…",
  notSent: "لم تُرسل.",
  retry: "حاول مرة أخرى",
  sending: "جارٍ الإرسال…",
  read: "قُرئت",
  closed: "اترك لنا رسالة. سيصل الجواب إلى هنا: عُد لاحقًا أو أبقِ هذه الصفحة مفتوحة.",
  away: "لا يوجد أحد الآن",
  here: "نحن هنا",
  looking: "نبحث عن الشخص المناسب",
  over: "انتهت المحادثة",
  message: "رسالتك",
  leave: "اترك الرسالة",
  left: "شكرًا، وصلتنا رسالتك. يمكنك إغلاق الصفحة، وسيكون الجواب هنا بانتظارك.",
  keepOn: "متابعة المحادثة",
  hint: "زر Enter للإرسال، وShift مع Enter لسطر جديد",
  tooLarge: "الملف كبير جدًا.",
  you: "أنت",
  newMessages: (n) => (n === 1 ? "رسالة جديدة" : `${n} رسائل جديدة`),
  call: "اتصل بنا",
  callAbout: "تتصل بنا مباشرةً من هذه الصفحة. سيسألك المتصفح عن استخدام الميكروفون: وافق من فضلك لنتمكن من سماعك.",
  callNow: "اتصل الآن",
  notNow: "ليس الآن",
  callMicrophone: "يطلب متصفحك استخدام الميكروفون. اسمح له من فضلك.",
  callNoMicrophone: "لا نستطيع سماعك: المتصفح لا يتيح لنا الميكروفون. اسمح به بجانب عنوان هذه الصفحة ثم اتصل مرة أخرى.",
  callConnecting: "جارٍ الاتصال…",
  callWaiting: "أنت في قائمة الانتظار. سيجيبك أحدهم في أقرب وقت.",
  callTalking: (name) => (name ? `على الهاتف مع ${name}` : "على الهاتف"),
  callHeld: "المكالمة معلّقة. ابقَ على الخط من فضلك.",
  callFarewell: "لا يستطيع أحد الرد الآن.",
  callElsewhere: "مكالمتك مستمرة في علامة تبويب أخرى.",
  callHere: "تابع هنا",
  callOver: "انتهت المكالمة.",
  callFailed: "تعذّر إجراء المكالمة. حاول مرة أخرى بعد قليل.",
  mute: "كتم الصوت",
  unmute: "إلغاء الكتم",
  keypad: "لوحة المفاتيح",
  hangUp: "إنهاء المكالمة",
  callLabel: "مكالمة هاتفية",
};

const all: Record<string, Strings> = { en, de, ar };

export function stringsFor(language: string): { strings: Strings; language: string; rtl: boolean } {
  const short = language.toLowerCase().split("-")[0] ?? "en";
  const known = all[short] ? short : "en";
  return { strings: all[known] ?? en, language: known, rtl: known === "ar" };
}
