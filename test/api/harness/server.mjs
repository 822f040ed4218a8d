// Starts and stops a real server on a fresh data directory. It prints 'listening on http://HOST:PORT' when it listens.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const binary = process.env.CARILLON ?? join(root, 'build/release/carillon');
export const haveServer = () => existsSync(binary);

export class Server {
  // options.args: further arguments; options.data: an existing directory, which is then kept; options.config: lines of its
  // configuration file.
  static async start({ args = ['--demo', '--no-demo-traffic'], data, config, command = [binary] } = {}) {
    const server = new Server();
    server.keep = data !== undefined;
    server.data = data ?? mkdtempSync(join(tmpdir(), 'carillon-api-'));
    server.log = join(server.data, 'server.log');
    writeFileSync(server.log, '', { flag: 'a' });
    const file = join(server.data, 'carillon.toml');
    if (config) writeFileSync(file, config);
    server.command = [...command, 'serve', ...args, ...(config ? ['--config', file] : []), '--data', server.data, '--listen', '127.0.0.1:0'];
    await server.#spawn();
    return server;
  }

  #spawn() {
    const [program, ...args] = this.command;
    this.child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.output = '';
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`the server did not listen within 30 s:\n${this.output.slice(-4000)}`)), 30_000);
      const read = (chunk) => {
        this.output = (this.output + chunk).slice(-200_000);
        appendFileSync(this.log, chunk);
        const found = this.output.match(/listening on (https?:\/\/[^\s,]+)/);
        if (found) {
          clearTimeout(limit);
          this.url = found[1];
          resolve();
        }
      };
      this.child.stdout.on('data', read);
      this.child.stderr.on('data', read);
      this.child.on('error', reject);
      this.exited = new Promise((done) => {
        this.child.on('exit', (code, signal) => {
          clearTimeout(limit);
          this.ended = { code, signal };
          done(this.ended);
          reject(new Error(`the server ended (${code ?? signal}):\n${this.output.slice(-4000)}`));
        });
      });
    });
  }

  get running() {
    return this.ended === undefined;
  }

  // kill -9, then the same directory again.
  async crash() {
    this.child.kill('SIGKILL');
    await this.exited;
    this.ended = undefined;
    await this.#spawn();
  }

  // Stops it, does something with its data and its program, and starts it again.
  async without(work) {
    this.child.kill('SIGTERM');
    await this.exited;
    await work(this.command[0], this.data);
    this.ended = undefined;
    await this.#spawn();
  }

  // Drains and stops; the answer is its exit code. A server that does not stop within 20 s is killed, and that is an error.
  async stop() {
    if (this.running) {
      this.child.kill('SIGTERM');
      const limit = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
      await this.exited;
      clearTimeout(limit);
    }
    if (!this.keep) rmSync(this.data, { recursive: true, force: true });
    if (this.ended.signal === 'SIGKILL') throw new Error('the server did not stop within 20 s of SIGTERM');
    return this.ended.code;
  }
}
