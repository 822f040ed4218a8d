// People at their pages: a customer in the shop, somebody at the console. They use what a person sees: names, labels and words.
import { newContext, newPage, gone, reads, seen } from './browser.mjs';

export const kPassword = 'carillon-demo';

export class Customer {
  // options: those of the context; `context` for a further tab of the same browser.
  static async visit(browser, server, { context, path = '/demo/', ...options } = {}) {
    const customer = new Customer();
    customer.server = server;
    customer.context = context ?? (await newContext(browser, options));
    customer.page = await newPage(customer.context);
    customer.path = path;
    await customer.page.goto(server.url + path);
    await seen(customer.launcher.or(customer.panel));
    return customer;
  }

  get widget() {
    return this.page.locator('[data-carillon]');
  }
  get launcher() {
    return this.widget.locator('.launch');
  }
  get panel() {
    return this.widget.getByRole('dialog');
  }
  get log() {
    return this.widget.getByRole('log');
  }
  get field() {
    return this.panel.locator('textarea');
  }
  get bubbles() {
    return this.log.locator('.msg');
  }

  async open() {
    await this.launcher.click();
    await seen(this.panel);
  }

  // Fills in the form and says the first words.
  async begin({ name, email, topic, text }) {
    if (await this.launcher.isVisible()) await this.open();
    if (name) await this.panel.getByLabel(/name/i).fill(name);
    if (email) await this.panel.getByLabel(/mail/i).fill(email);
    if (topic) await this.panel.getByRole('combobox').selectOption(topic);
    await this.field.fill(text);
    await this.panel.locator('button[type=submit]').click();
    await this.sees(text);
  }

  async say(text) {
    await this.field.fill(text);
    await this.field.press('Enter');
    await this.sees(text);
  }

  sees(text) {
    return seen(this.bubbles.filter({ hasText: text }));
  }
  notes(text) {
    return seen(this.panel.locator('.note').filter({ hasText: text }));
  }

  async reload() {
    await this.page.reload();
    await seen(this.launcher.or(this.panel));
  }
}

export class Person {
  // Signs in through the door of the home page, as a link there does.
  static async enter(browser, server, username, { context, path = '/', ...options } = {}) {
    const person = new Person();
    person.server = server;
    person.username = username;
    person.context = context ?? (await newContext(browser, options));
    person.page = await newPage(person.context);
    await person.page.goto(`${server.url}/console${path}?as=${username}`);
    await seen(person.page.locator('header nav'));
    return person;
  }

  get offers() {
    return this.page.getByRole('article', { name: /^Incoming/ });
  }
  offer(name) {
    return this.page.getByRole('article', { name: `Incoming: ${name}` });
  }
  get work() {
    return this.page.getByRole('complementary', { name: 'My work' }).getByRole('listitem');
  }
  get log() {
    return this.page.getByRole('log');
  }
  get field() {
    return this.page.getByRole('textbox', { name: 'Write to the customer' });
  }
  get activity() {
    return this.page.getByRole('button', { name: /^Activity:/ });
  }
  get wrapUpPanel() {
    return this.page.getByRole('region', { name: 'Wrap-up' });
  }
  button(name) {
    return this.page.getByRole('button', { name });
  }

  async become(activity) {
    await this.activity.click();
    await this.page.getByRole('menuitemradio', { name: activity, exact: true }).click();
    await this.is(activity);
  }
  is(activity) {
    return seen(this.page.getByRole('button', { name: new RegExp(`^Activity: ${activity}`) }));
  }

  // Accepts what rings from NAME and looks at it.
  async accept(name) {
    await this.offer(name).getByRole('button', { name: 'Accept' }).click();
    await seen(this.page.getByRole('heading', { level: 1, name }));
  }
  async open(name) {
    await this.work.filter({ hasText: name }).getByRole('link').click();
    await seen(this.page.getByRole('heading', { level: 1, name }));
  }

  async say(text) {
    await this.field.fill(text);
    await this.field.press('Enter');
    await this.sees(text);
  }
  // What was said, by anybody, in the conversation that is open.
  bubble(text) {
    return this.log.getByText(text, { exact: true });
  }
  sees(text) {
    return seen(this.bubble(text));
  }

  async endChat() {
    await this.button('End chat').click();
    await seen(this.wrapUpPanel);
  }
  async wrapUp({ outcome, note } = {}) {
    const panel = this.wrapUpPanel;
    if (outcome) await panel.getByText(outcome, { exact: true }).click();
    if (note) await panel.getByRole('textbox').fill(note);
    await panel.getByRole('button', { name: 'Complete' }).click();
    await gone(panel);
  }
  async transferToQueue(name) {
    await this.button('Transfer').click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('button', { name: `Transfer to ${name}` }).click();
    await gone(dialog);
  }

  async goTo(place) {
    await this.page.getByRole('navigation').getByRole('link', { name: place }).first().click();
  }

  async reload() {
    await this.page.reload();
    await seen(this.page.locator('header nav'));
    await seen(this.page.getByRole('status', { name: /^Connected/ }));
  }

  workIs(names) {
    return reads(this.work.locator('xpath=(.//bdi)[1]'), names);
  }
}
